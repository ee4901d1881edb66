"""Permission that ends by itself is told of before it does."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.types import Role
from deliverability.models import Alert
from deliverability.queries import tokens
from subscribers.models import ConsentRecord, Contact, Subscription
from subscribers.queries.audience.selection import audience_counts
from subscribers.queries.consent.expiring import expiring_lists, is_tracking_due, tracking_due
from subscribers.queries.segments import count_people, known, segment_rule
from subscribers.services.contacts import add_contact
from subscribers.services.expiry_warnings import expiring_segment, warn_of_expiry
from subscribers.services.preferences import change_tracking
from subscribers.services.wordings import publish_page_wordings
from subscribers.types import Audience, Basis, Origin, Purpose
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-01-10T10:00:00Z", tick=False) as clock:
        yield clock


def test_an_inquiry_is_warned_of_at_60_and_30_days_and_ends_after_six_months(clock: Any, client: Client) -> None:
    owner, news = UserFactory.create(role=Role.OWNER), MailingListFactory.create(slug="news")
    subscribed(news)
    source = "Asked for a quote by mail on 10 January 2026"
    add_contact(
        actor=owner, email="ada@gmail.com", mailing_list_id=news.pk, basis=Basis.IMPLIED_INQUIRY,
        consent_source=source, country="CA",
    )  # fmt: skip
    assert warn_of_expiry() == 0
    clock.move_to("2026-05-12T10:00:00Z")  # 59 days before 10 July
    assert warn_of_expiry() == 1
    assert warn_of_expiry() == 1
    alert = Alert.objects.get()
    assert "1 person ends within 60 days" in alert.title
    [line] = expiring_lists(timezone.now())
    assert (line.name, line.people, line.soon) == ("News", 1, 0)
    segment = expiring_segment(actor=owner, list_id=news.pk)
    assert expiring_segment(actor=owner, list_id=news.pk) == segment
    assert count_people(segment_rule(segment.pk, known())) == 1
    client.force_login(owner)
    assert "ada@gmail.com" in client.get(reverse("consent-ending", args=[news.pk])).content.decode()
    assert "1" in client.get(reverse("consent")).content.decode()
    clock.move_to("2026-06-11T10:00:00Z")
    assert expiring_lists(timezone.now())[0].soon == 1
    assert audience_counts(Audience(lists=(news.pk,))).included == 2
    clock.move_to("2026-07-10T10:00:00Z")
    assert warn_of_expiry() == 0
    alert.refresh_from_db()
    assert alert.resolved_at is not None
    counts = audience_counts(Audience(lists=(news.pk,)))
    assert (counts.included, dict(counts.excluded)) == (1, {"consent_expired": 1})


def test_two_lists_of_one_name_get_a_segment_each() -> None:
    owner = UserFactory.create(role=Role.OWNER)
    lists = [MailingListFactory.create(slug=slug, name="News") for slug in ("news", "news-2")]
    segments = [expiring_segment(actor=owner, list_id=each.pk) for each in lists]
    assert [segment.rules["list"] for segment in segments] == [each.pk for each in lists]
    assert [expiring_segment(actor=owner, list_id=each.pk) for each in lists] == segments


def allow_tracking(contact: Contact, purpose: Purpose = Purpose.OPEN_TRACKING) -> None:
    wordings = publish_page_wordings(organisation="Huila & Sons", locale="en")
    change_tracking(
        contact_id=contact.pk,
        choices={purpose: True},
        wordings=wordings,
        origin=Origin(source="preference center", actor="the person"),
    )


@pytest.mark.parametrize(("answer", "action"), [("yes", "granted"), ("no", "withdrawn")])
def test_france_is_asked_about_tracking_again_after_six_months(
    clock: Any, client: Client, answer: str, action: str
) -> None:
    OrganisationFactory.create()
    french, german = ContactFactory.create(country="FR"), ContactFactory.create(country="DE")
    for contact in (french, german):
        allow_tracking(contact)
    place = f"/p/{tokens.sign(MailingFactory.create().pk, french.pk)}"
    clock.move_to("2026-07-10T09:59:00Z")
    assert tracking_due(timezone.now()) == []
    clock.move_to("2026-07-10T10:00:00Z")
    assert [due.email for due in tracking_due(timezone.now())] == [french.email]
    assert "May we still see" in client.get(place).content.decode()
    assert "May we still see" not in client.get(place, headers={"Sec-GPC": "1"}).content.decode()
    client.post(place, {"do": "tracking-again", "again": answer})
    said = ConsentRecord.objects.filter(contact=french).latest("pk")
    assert (said.purpose, said.action) == ("open_tracking", action)
    french.refresh_from_db()
    assert (french.tracks_opens, french.tracks_clicks) == (answer == "yes", False)
    assert tracking_due(timezone.now()) == []
    assert "May we still see" not in client.get(place).content.decode()
    assert Subscription.objects.count() == 0


def test_a_later_yes_to_clicks_makes_the_yes_to_opens_no_younger(clock: Any) -> None:
    french = ContactFactory.create(country="FR")
    allow_tracking(french)
    clock.move_to("2026-06-10T10:00:00Z")
    allow_tracking(french, Purpose.CLICK_TRACKING)
    clock.move_to("2026-07-10T10:00:00Z")
    french.refresh_from_db()
    assert [due.email for due in tracking_due(timezone.now())] == [french.email]
    assert is_tracking_due(french, timezone.now())
