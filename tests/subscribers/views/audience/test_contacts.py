"""The table of contacts: what it finds, in how many queries, and what it lets out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.types import Role
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ConsentRecord, Contact, CustomField, SavedView, Subscription
from subscribers.queries.contacts.filters import Filters
from subscribers.queries.contacts.page import ON_A_PAGE, contact_page
from subscribers.services.subscriptions import unsubscribe, unsubscribe_all
from subscribers.types import Origin
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed
from tests.subscribers.views.audience.conftest import SignIn

pytestmark = pytest.mark.django_db
PERSON = Origin(source="preference center", actor="the person")
GIVEN = {
    "email": "Ada@Example.org",
    "first_name": "Ada",
    "last_name": "Okafor",
    "basis": "express",
    "consent_source": "Paper form at our stand, fair in Lyon, March 2026",
}


def emails(**filters: str) -> list[str]:
    return [row.contact.email for row in contact_page(Filters(**filters)).rows]


def test_each_filter_finds_its_people() -> None:
    news = MailingListFactory.create(slug="news")
    ada = subscribed(news, email="ada@gmail.com", first_name="Ada", last_name="Okafor")
    grace = subscribed(news, email="grace@web.de", first_name="Grace", last_name="Hopper")
    linus = ContactFactory.create(
        email="linus@gmail.com", first_name="Linus", paused_until=timezone.now() + timedelta(9)
    )
    unsubscribe(contact_id=grace.pk, mailing_list_id=news.pk, origin=PERSON)
    suppress(addresses=[linus.email], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    assert emails() == [linus.email, grace.email, ada.email]
    assert emails(q="gra") == emails(q="hopp") == emails(q="grace ho") == [grace.email]
    assert emails(list=str(news.pk)) == [grace.email, ada.email]
    assert emails(list=str(news.pk), state="unsubscribed") == [grace.email]
    assert emails(state="subscribed") == [ada.email]
    assert emails(provider="google") == [linus.email, ada.email]
    assert emails(paused="yes") == emails(suppressed="yes") == [linus.email]
    assert emails(q="linus", provider="gmx") == []


def test_pages_go_on_and_back_without_gap_or_repeat() -> None:
    everybody = [ContactFactory.create().email for _ in range(ON_A_PAGE * 2 + 5)][::-1]
    first = contact_page(Filters())
    second = contact_page(Filters(), after=first.older)
    third = contact_page(Filters(), after=second.older)
    shown = [row.contact.email for page in (first, second, third) for row in page.rows]
    assert shown == everybody
    assert (first.newer, third.older) == (0, 0)
    back = contact_page(Filters(), before=third.newer)
    assert [row.contact.email for row in back.rows] == [row.contact.email for row in second.rows]
    assert contact_page(Filters(), before=second.newer).newer == 0
    assert first.total.count == len(everybody)


def test_a_page_asks_the_same_number_of_questions_however_many_people_it_shows(owner: Client) -> None:
    news = MailingListFactory.create(slug="news")
    subscribed(news)
    owner.get(reverse("contacts"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        owner.get(reverse("contacts"))
    for _ in range(30):
        subscribed(news)
    with CaptureQueriesContext(connection) as many:
        owner.get(reverse("contacts"), {"list": news.pk, "state": "subscribed"})
    assert len(many) <= len(few) + 1 <= 16


def test_the_standing_says_what_keeps_mail_away(owner: Client) -> None:
    left = subscribed(email="left@gmail.com")
    unsubscribe_all(contact_id=left.pk, origin=PERSON)
    subscribed(email="there@gmail.com")
    page = owner.get(reverse("contacts")).content.decode()
    assert "Left everything" in page
    assert page.count("Subscribed</span>") == 1


def test_columns_are_each_members_own_and_hold_declared_fields(owner: Client) -> None:
    CustomField.objects.create(key="coffee", label="Favourite coffee")
    ContactFactory.create(attributes={"coffee": "Huila washed"}, country="FI")
    assert "Huila washed" not in owner.get(reverse("contacts")).content.decode()
    answer = owner.post(reverse("contact-columns"), {"column": ["field:coffee", "country"], "query": "q=person"})
    assert answer.url == reverse("contacts") + "?q=person"
    page = owner.get(reverse("contacts")).content.decode()
    assert "Huila washed" in page
    assert page.index(">Favourite coffee</th>") < page.index(">Country</th>")
    assert "Subscribed to</th>" not in page


def test_a_view_is_saved_for_the_team_under_a_name_of_its_own(owner: Client) -> None:
    ContactFactory.create(email="ada@gmail.com")
    save = reverse("contact-view-save")
    owner.post(save, {"name": "On Gmail", "query": "provider=google&strange=1"})
    assert SavedView.objects.get().query == "provider=google"
    page = owner.get(reverse("contacts"), {"provider": "google"}).content.decode()
    assert "<h1>On Gmail</h1>" in page
    assert owner.post(save, {"name": "on gmail", "query": "paused=yes"}).status_code == 409
    assert owner.post(save, {"name": "Everybody", "query": ""}).status_code == 409
    owner.post(reverse("contact-view-delete", args=[SavedView.objects.get().pk]))
    assert not SavedView.objects.exists()
    assert Contact.objects.count() == 1


def test_the_export_holds_the_view_as_shown_and_runs_no_formula(owner: Client) -> None:
    subscribed(email="ada@gmail.com", first_name='=HYPERLINK("http://evil")')
    subscribed(email="grace@web.de")
    answer = owner.post(reverse("contacts-export"), {"query": "provider=google"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("ada@gmail.com,Subscribed,\"'=HYPERLINK")
    assert "provider=google" in AuditEntry.objects.get().text


def test_only_some_roles_may_export(sign_in: SignIn) -> None:
    ContactFactory.create()
    client = sign_in(Role.MARKETER)
    assert client.post(reverse("contacts-export")).status_code == 403
    assert ">Export</button>" not in client.get(reverse("contacts")).content.decode()


def test_somebody_added_by_hand_is_subscribed_with_a_statement(owner: Client) -> None:
    news = MailingListFactory.create(slug="news")
    owner.post(reverse("contact-new"), {**GIVEN, "mailing_list": news.pk})
    contact = Contact.objects.get()
    assert contact.email == "ada@example.org"
    entry = ConsentRecord.objects.get()
    assert (entry.action, entry.basis, entry.actor) == ("granted", "express", "Mira Lang")
    assert "fair in Lyon" in entry.source
    assert Subscription.objects.get().consent == entry


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"consent_source": "We bought this list"}, "bought"),
        ({"consent_source": "yes"}, "does not say how"),
        ({"email": "ada@localhost"}, "Nobody was added"),
    ],
)
def test_nobody_is_added_without_permission(owner: Client, given: dict[str, str], words: str) -> None:
    news = MailingListFactory.create(slug="news")
    answer = owner.post(reverse("contact-new"), {**GIVEN, "mailing_list": news.pk, **given})
    page = answer.content.decode()
    assert words in page or "Enter a valid email address" in page
    assert not Contact.objects.exists()


def test_whoever_left_is_not_added_again(owner: Client) -> None:
    news = MailingListFactory.create(slug="news")
    contact = subscribed(news, email="ada@example.org")
    unsubscribe_all(contact_id=contact.pk, origin=PERSON)
    before = ConsentRecord.objects.count()
    page = owner.post(reverse("contact-new"), {**GIVEN, "mailing_list": news.pk}).content.decode()
    assert "nobody but they can come back" in page
    assert ConsentRecord.objects.count() == before
    assert Subscription.objects.get().state == "unsubscribed"


def test_an_empty_installation_offers_one_next_step(owner: Client) -> None:
    page = owner.get(reverse("contacts")).content.decode()
    assert "Nobody is here yet" in page
    assert reverse("import-new") in page
