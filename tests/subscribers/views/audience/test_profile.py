"""One person: evidence, history, and what the team may do in their name."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.types import Role
from deliverability.models import Suppression
from deliverability.queries.suppression_page import suppressions_of
from deliverability.services.events import append_events
from deliverability.services.suppression import suppress
from deliverability.types import AgentKind, EventKind, NewEvent, Scope, SuppressionReason
from subscribers.models import ConsentRecord, Contact, CustomField, Subscription
from subscribers.queries.contacts.history import ON_A_PAGE, Place, history_of
from tests.factories.campaigns import CampaignFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed
from tests.subscribers.views.audience.conftest import SignIn

pytestmark = pytest.mark.django_db


def event(contact: Contact, mailing_id: int, kind: EventKind, minutes_ago: float, **facts: object) -> NewEvent:
    return NewEvent(
        occurred_at=timezone.now() - timedelta(minutes=minutes_ago),
        kind=kind,
        mailing_id=mailing_id,
        recipient_id=contact.pk,
        mailbox_provider="google",
        **facts,  # type: ignore[arg-type]
    )


def act(client: Client, contact: Contact, **given: object) -> int:
    return client.post(reverse("contact-act", args=[contact.pk]), given).status_code


def page_of(client: Client, contact: Contact) -> str:
    return client.get(reverse("contact", args=[contact.pk])).content.decode()


def test_the_page_shows_the_words_the_source_and_the_time_with_its_zone(owner: Client) -> None:
    contact = subscribed(email="ada@gmail.com")
    entry = ConsentRecord.objects.get()
    page = page_of(owner, contact)
    assert entry.wording is not None
    assert entry.wording.text.replace("&", "&amp;") in page
    assert entry.source in page
    assert "Berlin time" in page
    assert "Double opt-in" in page


def test_the_history_tells_what_happened_newest_first_and_names_the_campaign(owner: Client) -> None:
    contact = subscribed(email="ada@gmail.com")
    campaign = CampaignFactory.create(name="Winter coffees")
    mailing = MailingFactory.create(
        composer="campaign", reference=str(campaign.pk), links=["https://huila.example/shop"]
    )
    append_events(
        [
            event(contact, mailing.pk, EventKind.ACCEPTED, -1, code=250, detail="2.0.0 queued"),
            event(contact, mailing.pk, EventKind.CLICKED, -3, link=0, agent_kind=AgentKind.HUMAN),
            event(contact, mailing.pk, EventKind.OPENED, -2, agent_kind=AgentKind.PROXY),
        ]
    )
    page = page_of(owner, contact)
    order = [page.index(words) for words in ("Clicked in", "Opened", "Their server accepted", "Agreed to “News”")]
    assert order == sorted(order)
    assert reverse("campaign", args=[campaign.pk]) in page
    assert f"{reverse('campaign-why', args=[campaign.pk])}?address=ada%40gmail.com" in page
    assert "https://huila.example/shop" in page
    assert "250 2.0.0 queued" in page


def test_the_history_pages_without_gap_or_repeat_though_everything_happened_at_one_moment() -> None:
    contact = subscribed(MailingListFactory.create(slug="news"))
    mailing = MailingFactory.create()
    moment = timezone.now()
    append_events(
        [
            NewEvent(moment, EventKind.OPENED, mailing.pk, contact.pk, "google", link=number)
            for number in range(ON_A_PAGE + 20)
        ]
    )
    said = ConsentRecord.objects.get()
    ConsentRecord.objects.bulk_create(
        [
            ConsentRecord(contact=contact, purpose=said.purpose, action=said.action, occurred_at=moment, actor="them")
            for _ in range(ON_A_PAGE + 20)
        ]
    )
    for number in range(ON_A_PAGE + 20):
        suppress(addresses=[contact.email], scope=Scope.TOPIC, target=number + 1, reason=SuppressionReason.MANUAL)
    Suppression.objects.update(created_at=moment, lifted_at=moment, lifted_by="Mira", lifted_why="Tidied up")
    held = suppressions_of(bytes(contact.address_key))
    seen: list[str] = []
    page = history_of(contact.pk, held=held)
    while True:
        seen += [str(each.place) for each in page.moments]
        if page.older is None:
            break
        page = history_of(contact.pk, held=held, below=Place.read(str(page.older)))
    assert len(seen) == len(set(seen)) == 4 * (ON_A_PAGE + 20) + 1


@pytest.mark.parametrize("below", ["", "nonsense", "2026-11-24~0~1", "2026-11-24T10:00:00~0~1", "x" * 500])
def test_a_place_that_no_page_wrote_is_the_beginning(owner: Client, below: str) -> None:
    contact = subscribed()
    answer = owner.get(reverse("contact", args=[contact.pk]), {"below": below})
    assert "Agreed to" in answer.content.decode()


def test_what_the_team_held_and_let_go_stands_in_the_history_with_who_and_why(owner: Client) -> None:
    contact = subscribed()
    act(owner, contact, act="suppress", scope="marketing", why="Asked on the phone")
    act(owner, contact, act="lift", suppression=Suppression.objects.get().pk, why="It was her sister")
    page = page_of(owner, contact)
    history = page[page.index("history-title") :]
    order = [
        history.index(words)
        for words in (
            "Let go again: Taken out, marketing mail",
            "It was her sister · Mira Lang",
            "Suppressed: Taken out, marketing mail",
            "Asked on the phone · Mira Lang",
            "Agreed to",
        )
    ]
    assert order == sorted(order)


def test_every_reason_that_holds_is_shown_and_lifted_by_itself(owner: Client) -> None:
    contact, news = subscribed(), MailingListFactory.create(slug="news")
    for reason in (SuppressionReason.HARD_BOUNCE, SuppressionReason.MANUAL):
        suppress(addresses=[contact.email], scope=Scope.EVERYTHING, reason=reason)
    suppress(addresses=[contact.email], scope=Scope.TOPIC, target=news.pk, reason=SuppressionReason.MANUAL)
    page = page_of(owner, contact)
    assert page.count("Lift it…") == 3
    assert "mail of “News” is held back" in page
    held = Suppression.objects.get(reason=SuppressionReason.MANUAL, scope=Scope.EVERYTHING)
    act(owner, contact, act="lift", suppression=held.pk, why="Our mistake")
    assert page_of(owner, contact).count("Lift it…") == 2


def test_a_long_history_costs_no_query_per_line(owner: Client) -> None:
    contact = subscribed()
    mailing = MailingFactory.create()
    owner.get(reverse("contact", args=[contact.pk]))
    with CaptureQueriesContext(connection) as few:
        page_of(owner, contact)
    append_events([event(contact, mailing.pk, EventKind.OPENED, number) for number in range(40)])
    with CaptureQueriesContext(connection) as many:
        page_of(owner, contact)
    assert len(many) == len(few) <= 26


def test_pausing_and_leaving_stand_in_the_ledger_under_the_members_name(owner: Client) -> None:
    news = MailingListFactory.create(slug="news")
    contact = subscribed(news)
    assert act(owner, contact, act="pause") == 302
    contact.refresh_from_db()
    assert contact.paused_until is not None
    act(owner, contact, act="resume")
    act(owner, contact, act="unsubscribe", list=news.pk)
    said = ConsentRecord.objects.order_by("pk").values_list("action", "actor")[1:]
    assert list(said) == [("paused", "Mira Lang"), ("resumed", "Mira Lang"), ("withdrawn", "Mira Lang")]
    assert Subscription.objects.get().state == "unsubscribed"


def test_leaving_everything_suppresses_marketing_mail(owner: Client) -> None:
    contact = subscribed()
    act(owner, contact, act="unsubscribe")
    assert Suppression.objects.get().reason == SuppressionReason.UNSUBSCRIBE
    assert "Only they can come back" in page_of(owner, contact)


def test_the_team_suppresses_and_lifts_with_a_reason_on_record(owner: Client) -> None:
    contact = subscribed(email="ada@gmail.com")
    assert act(owner, contact, act="suppress", scope="marketing", why="") == 409
    act(owner, contact, act="suppress", scope="marketing", why="Asked on the phone")
    held = Suppression.objects.get()
    assert (held.evidence, held.added_by) == ("Asked on the phone", "Mira Lang")
    act(owner, contact, act="lift", suppression=held.pk, why="It was her sister")
    held.refresh_from_db()
    assert held.lifted_by == "Mira Lang"
    texts = list(AuditEntry.objects.order_by("id").values_list("text", flat=True))
    assert "Asked on the phone" in texts[0]
    assert "It was her sister" in texts[1]


@pytest.mark.parametrize("reason", [SuppressionReason.COMPLAINT, SuppressionReason.UNSUBSCRIBE])
def test_what_a_person_decided_is_not_lifted(owner: Client, reason: SuppressionReason) -> None:
    contact = subscribed(email="ada@icloud.com")
    suppress(addresses=[contact.email], scope=Scope.MARKETING, reason=reason)
    assert act(owner, contact, act="lift", suppression=Suppression.objects.get().pk, why="please") == 409
    assert Suppression.objects.get().lifted_at is None
    assert "Lift it" not in page_of(owner, contact)


def test_fields_are_read_as_an_import_would_and_mistakes_change_nothing(owner: Client) -> None:
    CustomField.objects.create(key="points", label="Points", kind="number")
    contact = ContactFactory.create(attributes={"points": 5, "undeclared": "kept"})
    url = reverse("contact-edit", args=[contact.pk])
    page = owner.post(url, {"first_name": "Ada", "country": "Germany", "custom-points": "many"}).content.decode()
    assert "Points: This is not a number. Nothing was changed." in page
    owner.post(url, {"first_name": "Ada", "country": "Germany", "custom-points": "1.234,5"})
    contact.refresh_from_db()
    assert (contact.first_name, contact.country) == ("Ada", "DE")
    assert contact.attributes == {"points": 1234.5, "undeclared": "kept"}


def test_who_only_looks_is_offered_nothing_to_press(sign_in: SignIn) -> None:
    contact = subscribed()
    client = sign_in(Role.ANALYST)
    page = page_of(client, contact)
    assert "Suppress</button>" not in page
    assert act(client, contact, act="pause") == 403


def test_nobody_and_nonsense(owner: Client) -> None:
    assert owner.get(reverse("contact", args=[4711])).status_code == 404
    assert act(owner, subscribed(), act="forget") == 400
