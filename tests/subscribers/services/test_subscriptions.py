from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from deliverability.models import Event, MailingCount, Suppression
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, Scope, StreamKind, SuppressionReason
from subscribers.errors import ContactGone
from subscribers.models import ConsentRecord, Contact, Subscription
from subscribers.queries.audience.selection import audience_counts
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.subscriptions import (
    confirm_subscription,
    request_subscription,
    subscribe,
    undo_unsubscribe_all,
    unsubscribe,
    unsubscribe_all,
)
from subscribers.types import Audience, Basis, ConsentAction, Origin, Purpose, SubscriptionState
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import (
    ConsentRecordFactory,
    ConsentWordingFactory,
    ContactFactory,
    MailingListFactory,
    subscribed,
)

pytestmark = pytest.mark.django_db
ORIGIN = Origin(source="https://huila.example/s/news", actor="the person", ip="192.0.2.7", user_agent="Firefox")


def ledger(contact_id: int) -> list[tuple[str, str, str | None]]:
    rows = ConsentRecord.objects.filter(contact_id=contact_id).order_by("pk")
    return list(rows.values_list("purpose", "action", "mailing_list__slug"))


def states(contact_id: int) -> dict[str, str]:
    rows = Subscription.objects.filter(contact_id=contact_id)
    return dict(rows.values_list("mailing_list__slug", "state"))


def ask(email: str = "alice@gmail.com", slugs: tuple[str, ...] = ("news",), **more: Any) -> int:
    lists = [MailingListFactory.create(slug=slug).pk for slug in slugs]
    wording = ConsentWordingFactory.create()
    return request_subscription(
        email=email, mailing_list_ids=lists, wording_id=wording.pk, origin=ORIGIN, **more
    ).contact_id


def requests_of(contact_id: int) -> list[int]:
    asked = ConsentRecord.objects.filter(contact_id=contact_id, action=ConsentAction.REQUESTED)
    return list(asked.values_list("pk", flat=True))


def is_suppressed(contact: Contact) -> bool:
    return bool(suppressed_keys(StreamKind.MARKETING, [bytes(contact.address_key)]))


def test_a_request_waits_and_allows_nothing() -> None:
    contact = Contact.objects.get(pk=ask(first_name="Alice", locale="de"))
    assert (contact.first_name, contact.locale, contact.mailbox_provider) == ("Alice", "de", "google")
    assert states(contact.pk) == {"news": "pending"}
    assert ledger(contact.pk) == [("subscription", "requested", "news")]
    assert audience_counts(Audience(lists=(MailingListFactory.create().pk,))).included == 0


def test_the_same_request_within_a_minute_is_a_repeat() -> None:
    asked = {
        "email": "alice@gmail.com",
        "mailing_list_ids": [MailingListFactory.create().pk],
        "wording_id": ConsentWordingFactory.create().pk,
        "origin": ORIGIN,
    }
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        assert not request_subscription(**asked).is_repeat
        clock.shift(timedelta(seconds=59))
        repeated = request_subscription(**asked | {"email": "ALICE@gmail.com"})
        assert repeated.is_repeat
        clock.shift(timedelta(seconds=2))
        assert not request_subscription(**asked).is_repeat
    assert ConsentRecord.objects.filter(contact_id=repeated.contact_id).count() == 2
    assert Contact.objects.count() == 1


def test_a_form_that_anybody_can_fill_in_changes_nothing_of_a_known_person() -> None:
    contact = subscribed(email="alice@gmail.com", first_name="Alice")
    ask("alice@gmail.com", first_name="Win a car at evil.example", locale="fr")
    contact.refresh_from_db()
    assert (contact.first_name, contact.locale) == ("Alice", "")
    assert states(contact.pk) == {"news": "subscribed"}


def test_confirming_grants_what_was_asked_with_its_wording() -> None:
    wording = ConsentWordingFactory.create(name="open-tracking")
    contact_id = ask(slugs=("news", "offers"), tracking={Purpose.OPEN_TRACKING: wording.pk})
    confirmation = confirm_subscription(contact_id=contact_id, request_ids=requests_of(contact_id), origin=ORIGIN)
    assert confirmation.is_new
    assert [mailing_list.slug for mailing_list in confirmation.lists] == ["news", "offers"]
    assert states(contact_id) == {"news": "subscribed", "offers": "subscribed"}
    assert ledger(contact_id)[3:] == [
        ("subscription", "granted", "news"),
        ("subscription", "granted", "offers"),
        ("open_tracking", "granted", None),
    ]
    granted = ConsentRecord.objects.filter(action=ConsentAction.GRANTED).order_by("pk")
    assert {entry.basis for entry in granted} == {Basis.DOUBLE_OPT_IN}
    assert granted[0].wording == ConsentWordingFactory.create()
    assert granted[2].wording == wording
    assert Subscription.objects.get(mailing_list__slug="news").consent == granted[0]
    contact = Contact.objects.get(pk=contact_id)
    assert (contact.tracks_opens, contact.tracks_clicks) == (True, False)


def test_confirming_twice_changes_nothing() -> None:
    contact_id = ask()
    confirm_subscription(contact_id=contact_id, request_ids=requests_of(contact_id), origin=ORIGIN)
    before = ledger(contact_id)
    again = confirm_subscription(contact_id=contact_id, request_ids=requests_of(contact_id), origin=ORIGIN)
    assert not again.is_new
    assert [mailing_list.slug for mailing_list in again.lists] == ["news"]
    assert ledger(contact_id) == before


def test_an_old_link_brings_nobody_back() -> None:
    contact_id = ask()
    confirm_subscription(contact_id=contact_id, request_ids=requests_of(contact_id), origin=ORIGIN)
    unsubscribe_all(contact_id=contact_id, origin=ORIGIN)
    late = confirm_subscription(contact_id=contact_id, request_ids=requests_of(contact_id), origin=ORIGIN)
    assert (late.is_new, late.lists) == (False, [])
    assert states(contact_id) == {"news": "unsubscribed"}
    assert is_suppressed(Contact.objects.get(pk=contact_id))


def test_nobody_confirms_for_somebody_else() -> None:
    alice, bob = ask("alice@gmail.com"), ask("bob@gmail.com")
    confirm_subscription(contact_id=bob, request_ids=requests_of(alice), origin=ORIGIN)
    assert states(alice) == states(bob) == {"news": "pending"}


def test_confirming_anew_lifts_the_persons_own_unsubscribe() -> None:
    contact = subscribed(email="alice@gmail.com")
    unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
    assert is_suppressed(contact)
    ask("alice@gmail.com")
    confirm_subscription(contact_id=contact.pk, request_ids=requests_of(contact.pk), origin=ORIGIN)
    assert not is_suppressed(contact)
    assert ledger(contact.pk)[-1] == ("marketing", "granted", None)
    assert audience_counts(Audience(lists=(MailingListFactory.create().pk,))).included == 1


@pytest.mark.parametrize(
    "reason", [SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL]
)
@pytest.mark.parametrize("scope", [Scope.MARKETING, Scope.EVERYTHING])
def test_confirming_lifts_no_other_suppression(reason: SuppressionReason, scope: Scope) -> None:
    contact_id = ask("alice@gmail.com")
    suppress(addresses=["alice@gmail.com"], scope=scope, reason=reason)
    confirm_subscription(contact_id=contact_id, request_ids=requests_of(contact_id), origin=ORIGIN)
    assert Suppression.objects.get().reason == reason


def test_leaving_one_list_leaves_the_others_alone() -> None:
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    contact = subscribed(news)
    subscribe(
        contact_id=contact.pk,
        mailing_list_id=offers.pk,
        basis=Basis.EXPRESS,
        wording_id=ConsentWordingFactory.create().pk,
        origin=ORIGIN,
    )
    assert unsubscribe(contact_id=contact.pk, mailing_list_id=news.pk, origin=ORIGIN)
    assert not unsubscribe(contact_id=contact.pk, mailing_list_id=news.pk, origin=ORIGIN)
    assert states(contact.pk) == {"news": "unsubscribed", "offers": "subscribed"}
    assert ledger(contact.pk)[-1] == ("subscription", "withdrawn", "news")
    assert not is_suppressed(contact)


def test_leaving_everything_lands_everywhere_once() -> None:
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    contact, mailing = subscribed(news), MailingFactory.create()
    Subscription.objects.create(
        contact=contact, mailing_list=offers, state=SubscriptionState.PENDING, changed_at=timezone.now()
    )
    first = unsubscribe_all(contact_id=contact.pk, origin=ORIGIN, mailing_id=mailing.pk)
    second = unsubscribe_all(contact_id=contact.pk, origin=ORIGIN, mailing_id=mailing.pk)
    assert (first.is_new, second.is_new, second.entry_id) == (True, False, first.entry_id)
    assert ledger(contact.pk)[1:] == [
        ("subscription", "withdrawn", "news"),
        ("subscription", "withdrawn", "offers"),
        ("marketing", "withdrawn", None),
    ]
    assert states(contact.pk) == {"news": "unsubscribed", "offers": "unsubscribed"}
    suppression = Suppression.objects.get()
    assert (suppression.scope, suppression.reason) == (Scope.MARKETING, SuppressionReason.UNSUBSCRIBE)
    event = Event.objects.get(mailing=mailing)
    assert (event.kind, event.recipient_id, event.mailbox_provider, event.ip) == (
        EventKind.UNSUBSCRIBED,
        contact.pk,
        "google",
        "192.0.2.7",
    )
    assert MailingCount.objects.get(mailing=mailing).total == 1


def test_a_mailing_that_is_no_more_keeps_nobody_from_leaving() -> None:
    contact = subscribed()
    assert unsubscribe_all(contact_id=contact.pk, origin=ORIGIN, mailing_id=404).is_new
    assert is_suppressed(contact)


def test_undo_gives_back_exactly_what_the_click_took() -> None:
    news, left = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="left")
    contact = ContactFactory.create(email="alice@gmail.com")
    expires_at = timezone.now() + timedelta(days=100)
    entry = ConsentRecordFactory.create(
        contact=contact, mailing_list=news, basis=Basis.IMPLIED_PURCHASE, expires_at=expires_at
    )
    Subscription.objects.create(
        contact=contact,
        mailing_list=news,
        state=SubscriptionState.SUBSCRIBED,
        consent=entry,
        consent_expires_at=expires_at,
        changed_at=timezone.now(),
    )
    ask("alice@gmail.com", slugs=("offers",))
    Subscription.objects.create(
        contact=contact, mailing_list=left, state=SubscriptionState.UNSUBSCRIBED, changed_at=timezone.now()
    )
    departure = unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
    assert undo_unsubscribe_all(contact_id=contact.pk, entry_id=departure.entry_id, origin=ORIGIN)
    assert states(contact.pk) == {"news": "subscribed", "offers": "pending", "left": "unsubscribed"}
    assert not is_suppressed(contact)
    restored = Subscription.objects.get(contact=contact, mailing_list=news)
    assert restored.consent is not None
    assert restored.consent.pk > departure.entry_id
    assert (restored.consent.basis, restored.consent.wording, restored.consent_expires_at) == (
        Basis.IMPLIED_PURCHASE,
        entry.wording,
        expires_at,
    )
    assert not undo_unsubscribe_all(contact_id=contact.pk, entry_id=departure.entry_id, origin=ORIGIN)
    confirm_subscription(contact_id=contact.pk, request_ids=requests_of(contact.pk)[:1], origin=ORIGIN)
    assert states(contact.pk)["offers"] == "subscribed"


def test_undo_does_not_demote_somebody_who_had_asked_again() -> None:
    contact = subscribed(email="alice@gmail.com")
    ask("alice@gmail.com")
    departure = unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
    undo_unsubscribe_all(contact_id=contact.pk, entry_id=departure.entry_id, origin=ORIGIN)
    assert states(contact.pk) == {"news": "subscribed"}


def test_undo_comes_too_late_after_an_hour() -> None:
    contact = subscribed()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        departure = unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
        clock.shift(timedelta(hours=1, seconds=1))
        assert not undo_unsubscribe_all(contact_id=contact.pk, entry_id=departure.entry_id, origin=ORIGIN)
    assert states(contact.pk) == {"news": "unsubscribed"}


def test_undo_leaves_a_suppression_that_the_click_did_not_make() -> None:
    contact = subscribed()
    suppress(
        addresses=[contact.email], scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE, evidence="a letter"
    )
    departure = unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
    assert undo_unsubscribe_all(contact_id=contact.pk, entry_id=departure.entry_id, origin=ORIGIN)
    assert is_suppressed(contact)


def test_somebody_who_is_gone_is_told_so() -> None:
    with pytest.raises(ContactGone):
        unsubscribe_all(contact_id=404, origin=ORIGIN)


def at_once(call: Callable[[], object], times: int = 4) -> list[Any]:
    """The same call on several connections at the same moment."""

    def run(_: int) -> object:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_once_are_one_departure() -> None:
    contact = subscribed()
    mailing = MailingFactory.create()
    departures = at_once(lambda: unsubscribe_all(contact_id=contact.pk, origin=ORIGIN, mailing_id=mailing.pk))
    assert sorted(departure.is_new for departure in departures) == [False, False, False, True]
    assert len({departure.entry_id for departure in departures}) == 1
    assert ledger(contact.pk)[1:] == [("subscription", "withdrawn", "news"), ("marketing", "withdrawn", None)]
    assert Event.objects.filter(mailing=mailing).count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_sign_ups_at_once_are_one_person_and_one_request() -> None:
    mailing_list, wording = MailingListFactory.create(), ConsentWordingFactory.create()
    requested = at_once(
        lambda: request_subscription(
            email="new@gmail.com", mailing_list_ids=[mailing_list.pk], wording_id=wording.pk, origin=ORIGIN
        )
    )
    assert sorted(request.is_repeat for request in requested) == [False, True, True, True]
    assert Contact.objects.count() == Subscription.objects.count() == ConsentRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_confirmations_at_once_are_one_grant() -> None:
    contact_id = ask()
    request_ids = requests_of(contact_id)
    confirmed = at_once(lambda: confirm_subscription(contact_id=contact_id, request_ids=request_ids, origin=ORIGIN))
    assert sorted(confirmation.is_new for confirmation in confirmed) == [False, False, False, True]
    assert ledger(contact_id) == [("subscription", "requested", "news"), ("subscription", "granted", "news")]


@pytest.mark.parametrize("is_back_to_all", [False, True])
def test_whoever_left_everything_and_comes_back_to_one_list_said_nothing_of_the_others(
    is_back_to_all: bool, tmp_path: Path
) -> None:
    news, offers = (MailingListFactory.create(slug=slug) for slug in ("news", "offers"))
    alice = subscribed(news, email="alice@gmail.com")
    unsubscribe_all(contact_id=alice.pk, origin=ORIGIN)
    wording_id = ConsentWordingFactory.create().pk
    for mailing_list in (news, offers) if is_back_to_all else (news,):
        subscribe(
            contact_id=alice.pk,
            mailing_list_id=mailing_list.pk,
            basis=Basis.EXPRESS,
            wording_id=wording_id,
            origin=ORIGIN,
        )
    path = tmp_path / "people.csv"
    path.write_text("Email\nalice@gmail.com\n")
    import_contacts(order=ImportOrder(path=path, list_slug="offers", consent_source="Paper form", actor="mira"))
    assert audience_counts(Audience(lists=(news.pk,))).included == 1
    assert audience_counts(Audience(lists=(offers.pk,))).included == int(is_back_to_all)
