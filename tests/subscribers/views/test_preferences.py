import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from deliverability.models import Event
from deliverability.queries import tokens
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, Scope, StreamKind, SuppressionReason
from subscribers.models import ConsentRecord, Contact, Farewell, MailingList
from subscribers.queries.consent.farewells import Farewells, farewells_of_list, farewells_of_mailing
from subscribers.queries.tokens import sign_visit
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.types import FIRST_TEST_RECIPIENT, Origin
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Contact:
    OrganisationFactory.create()
    MailingListFactory.create(slug="offers")
    MailingListFactory.create(slug="board", is_public=False)
    return subscribed(MailingListFactory.create(slug="news"), email="alice@gmail.com")


def path_of(contact: Contact) -> str:
    return f"/p/{tokens.sign(MailingFactory.create().pk, contact.pk)}"


def states(contact: Contact) -> dict[str, str]:
    return dict(contact.subscriptions.values_list("mailing_list__slug", "state"))


def press(client: Client, path: str, do: str, **more: object) -> str:
    """Press a button as a browser that keeps no cookies and sends no referrer; the page that follows."""
    response = client.post(path, {"do": do, **more}, HTTP_ORIGIN="null")
    assert response.status_code == 303
    return client.get(response["Location"]).content.decode()


def test_the_page_shows_what_is_and_keeps_itself_private(client: Client, alice: Contact) -> None:
    response = client.get(path_of(alice))
    page = response.content.decode()
    assert "a•••e@gmail.com" in page
    assert "alice@gmail.com" not in page
    assert "Board" not in page
    assert len(re.findall(r'name="topic" value="\d+" checked', page)) == 1
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script" not in response["Content-Security-Policy"]
    assert not response.cookies


def test_topics_and_tracking_are_saved_without_a_cookie(alice: Contact) -> None:
    client, path = Client(enforce_csrf_checks=True), path_of(alice)
    news, offers = MailingList.objects.get(slug="news").pk, MailingList.objects.get(slug="offers").pk
    page = press(client, path, "save", topic=[offers], was=[news], tracking=["click_tracking"])
    assert "Saved." in page
    assert states(alice) == {"news": "unsubscribed", "offers": "subscribed"}
    alice.refresh_from_db()
    assert (alice.tracks_opens, alice.tracks_clicks) == (False, True)
    granted = ConsentRecord.objects.get(purpose="subscription", action="granted", mailing_list=offers)
    assert granted.wording is not None
    assert granted.wording.text in page.replace("&amp;", "&")
    assert granted.source.startswith("http://127.0.0.1:8000/p/ from mailing ")


def test_what_another_tab_changed_meanwhile_stays(client: Client, alice: Contact) -> None:
    path, offers = path_of(alice), MailingList.objects.get(slug="offers").pk
    press(client, path, "save", topic=[offers], was=[])
    press(client, path, "save", topic=[], was=[])
    assert states(alice) == {"news": "subscribed", "offers": "subscribed"}


def test_a_private_list_cannot_be_joined_by_its_number(client: Client, alice: Contact) -> None:
    press(client, path_of(alice), "save", topic=[MailingList.objects.get(slug="board").pk, "9" * 30, "x"])
    assert states(alice) == {"news": "subscribed"}


def test_a_pause_says_until_when_in_the_persons_zone(client: Client, alice: Contact) -> None:
    Contact.objects.update(time_zone="America/New_York")
    path = path_of(alice)
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        page = press(client, path, "pause")
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False):
        assert "Emails come again from Dec. 20, 2026, 5 a.m. (EST)." in client.get(path).content.decode()
        assert "Pause for 30 days" in press(client, path, "resume")
    assert "End the break" in page


def test_leaving_everything_can_be_undone_for_an_hour(client: Client, alice: Contact) -> None:
    path = path_of(alice)
    page = press(client, path, "leave")
    assert "You are unsubscribed from everything" in page
    assert states(alice) == {"news": "unsubscribed"}
    assert suppressed_keys(StreamKind.MARKETING, [bytes(alice.address_key)])
    assert Event.objects.get().kind == EventKind.UNSUBSCRIBED
    entry = re.search(r'name="entry" value="(\d+)"', page)
    assert entry
    assert "Undone" in press(client, path, "undo", entry=entry[1])
    assert states(alice) == {"news": "subscribed"}
    assert not suppressed_keys(StreamKind.MARKETING, [bytes(alice.address_key)])
    assert "can no longer be undone" in press(client, path, "undo", entry=entry[1])


def test_after_the_hour_the_page_offers_topics_instead(client: Client, alice: Contact) -> None:
    path = path_of(alice)
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False):
        press(client, path, "leave")
    page = client.get(path).content.decode()
    assert "Undo" not in page
    assert "Tick a topic to hear from us again." in page


def test_whose_mail_bounced_is_told_why_nothing_comes(client: Client, alice: Contact) -> None:
    suppress(addresses=[alice.email], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    assert "so we have stopped sending" in client.get(path_of(alice)).content.decode()


def test_somebody_erased_a_forged_token_and_a_test_mail_get_a_kind_page(client: Client, alice: Contact) -> None:
    erased, test = tokens.sign(1, alice.pk + 1000), tokens.sign(1, FIRST_TEST_RECIPIENT + 1)
    for path in (f"/p/{erased}", f"/p/{'x' * 24}", f"/p/{test}"):
        assert client.get(path).status_code == client.post(path, {"do": "leave"}).status_code == 404
    assert "This was a test email" in client.get(f"/p/{test}").content.decode()
    assert states(alice) == {"news": "subscribed"}


def test_a_visit_from_the_confirmation_page_ends_after_a_month(client: Client, alice: Contact) -> None:
    path = f"/p/{sign_visit(contact_id=alice.pk)}"
    assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert client.get(path).status_code == 404


def test_an_unknown_button_changes_nothing(client: Client, alice: Contact) -> None:
    before = ConsentRecord.objects.count()
    assert client.post(path_of(alice), {"do": "explode"}).status_code == 200
    assert ConsentRecord.objects.count() == before


@pytest.mark.parametrize(
    ("locale", "accept", "spoken"),
    [("de-AT", "fr", "de"), ("pt_BR", "fr", "fr"), ("", "es-MX,es;q=0.8", "es"), ("xx", "pl", "en"), ("", "", "en")],
)
def test_the_contacts_language_comes_first(
    client: Client, alice: Contact, locale: str, accept: str, spoken: str
) -> None:
    Contact.objects.update(locale=locale)
    response = client.get(path_of(alice), headers={"Accept-Language": accept})
    assert response["Content-Language"] == spoken
    assert f'<html lang="{spoken}">' in response.content.decode()


def test_how_often_and_the_language_are_saved_and_told_back(client: Client, alice: Contact) -> None:
    path, news = path_of(alice), MailingList.objects.get(slug="news").pk
    often = {f"often-{news}": "weekly", f"often_was-{news}": "every"}
    press(client, path, "save", topic=[news], was=[news], language="fr", language_was="", **often)
    alice.refresh_from_db()
    assert (alice.locale, alice.subscriptions.get().frequency) == ("fr", "weekly")
    page = client.get(f"{path}?lang=en").content.decode()
    assert "You chose for “News”: At most once a week" in page
    assert "You chose a language: Français" in page
    assert '<html lang="fr">' in client.get(path).content.decode()
    said = ConsentRecord.objects.filter(contact=alice, action="chosen").order_by("pk")
    assert [(entry.purpose, entry.detail) for entry in said] == [("frequency", "weekly"), ("language", "fr")]


def test_a_language_in_the_address_only_shows(client: Client, alice: Contact) -> None:
    before = ConsentRecord.objects.count()
    response = client.get(f"{path_of(alice)}?lang=it")
    assert response["Content-Language"] == "it"
    assert client.get(f"{path_of(alice)}?lang={'x' * 600}")["Content-Language"] == "en"
    alice.refresh_from_db()
    assert (alice.locale, ConsentRecord.objects.count()) == ("", before)


def test_a_break_of_ones_own_choice_ends_where_the_person_lives(client: Client, alice: Contact) -> None:
    Contact.objects.update(time_zone="America/New_York")
    path = path_of(alice)
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        press(client, path, "pause", until="2027-02-01")
        alice.refresh_from_db()
        assert alice.paused_until is not None
        assert alice.paused_until.isoformat() == "2027-02-01T05:00:00+00:00"
        for wrong in ("2026-11-20", "2027-12-01", "soon", "9999-12-31"):
            response = client.post(path, {"do": "pause", "until": wrong})
            assert response.status_code == 422
            assert "Please choose a day from tomorrow on" in response.content.decode()
        press(client, path, "pause", until="2026-12-24")
    alice.refresh_from_db()
    assert alice.paused_until.isoformat() == "2026-12-24T05:00:00+00:00"


def test_the_browsers_privacy_signal_ends_tracking_with_the_next_button(client: Client, alice: Contact) -> None:
    Contact.objects.update(tracks_opens=True, tracks_clicks=True)
    path = path_of(alice)
    page = client.get(path, headers={"Sec-GPC": "1"}).content.decode()
    assert "Global Privacy Control" in page
    assert page.count('name="tracking"') == page.count(" disabled>") == 2
    assert not re.search(r'name="tracking" value="\w+" checked', page)
    response = client.post(path, {"do": "save", "tracking": ["open_tracking"]}, headers={"Sec-GPC": "1"})
    assert response.status_code == 303
    alice.refresh_from_db()
    assert (alice.tracks_opens, alice.tracks_clicks) == (False, False)
    ended = ConsentRecord.objects.filter(contact=alice, action="withdrawn")
    assert {entry.purpose for entry in ended} == {"open_tracking", "click_tracking"}
    assert all("Sec-GPC" in entry.source for entry in ended)


def test_who_left_may_say_why_once_and_the_report_counts_it(client: Client, alice: Contact) -> None:
    mailing, news = MailingFactory.create(), MailingList.objects.get(slug="news")
    path = f"/p/{tokens.sign(mailing.pk, alice.pk)}"
    page = press(client, path, "leave")
    entry = re.search(r'name="entry" value="(\d+)"', page)
    assert entry
    page = press(client, path, "why", entry=entry[1], reason="too_many", words=" Daily is a lot. ")
    assert "Thank you" in page
    assert "Would you tell us why?" not in page
    expected = Farewells([("too_many", 1)], ["Daily is a lot."])
    assert farewells_of_mailing(mailing.pk) == farewells_of_list(news.pk) == expected
    assert farewells_of_list(MailingList.objects.get(slug="offers").pk) == Farewells([], [])


def test_nobody_says_why_for_somebody_else_or_without_leaving(client: Client, alice: Contact) -> None:
    bob = subscribed(MailingList.objects.get(slug="news"), email="bob@gmail.com")
    departure = unsubscribe_all(contact_id=bob.pk, origin=Origin(source="x", actor="the person"))
    press(client, path_of(alice), "why", entry=departure.entry_id, reason="other")
    press(client, path_of(bob), "why", entry=departure.entry_id, reason="explode")
    assert not Farewell.objects.exists()
