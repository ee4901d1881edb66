"""Two contacts become one person: no no is lost, no link goes dead, and nothing is told twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.queries import tokens
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.events import append_events
from deliverability.services.suppression import suppress
from deliverability.services.tracking import tracking_consent
from deliverability.types import AgentKind, EventKind, NewEvent, Scope, SkipReason, StreamKind, SuppressionReason
from subscribers.errors import ContactGone, MergeRefused
from subscribers.models import (
    ActivityTotal,
    ConsentRecord,
    Contact,
    ContactActivity,
    ContactIdentifier,
    ContactMerge,
    MailHistory,
    MailingList,
    Subscription,
)
from subscribers.queries.audience.recipients import load_recipients
from subscribers.queries.audience.selection import audience_counts
from subscribers.queries.consent.ledger import last_general_answer, said_by
from subscribers.queries.people import contact_id_of, find_contact
from subscribers.queries.segments import count_people, known
from subscribers.rules.segments.parsing import parse_rules
from subscribers.services.activities import record_activities
from subscribers.services.contacts import add_contact
from subscribers.services.engagement import refresh_engagement
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.ledger import prove_ledger
from subscribers.services.merging import merge_contacts
from subscribers.services.preferences import change_frequencies, pause
from subscribers.services.rights import erase_contact
from subscribers.services.subscriptions import confirm_subscription, request_subscription, unsubscribe, unsubscribe_all
from subscribers.types import Audience, Basis, ConsentAction, Frequency, NewActivity, Origin, Purpose
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory, grant, subscribed

pytestmark = pytest.mark.django_db
ORIGIN = Origin(source="https://huila.example/p/", actor="the person")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


@pytest.fixture
def offers() -> MailingList:
    return MailingListFactory.create(slug="offers")


def merge(keep: Contact, merged: Contact) -> Contact:
    return merge_contacts(keep_id=keep.pk, merge_id=merged.pk, actor=SENDWELL)


def states(contact: Contact) -> dict[str, str]:
    return dict(Subscription.objects.filter(contact=contact).values_list("mailing_list__slug", "state"))


def test_lists_of_both_come_together(news: MailingList, offers: MailingList) -> None:
    keep, other = subscribed(news), subscribed(offers)
    merge(keep, other)
    assert states(keep) == {"news": "subscribed", "offers": "subscribed"}
    assert states(other) == {}
    assert audience_counts(Audience(lists=(offers.pk,))).included == 1
    # The permission is the very entry that the other contact gave: nothing new was said.
    carried = Subscription.objects.select_related("consent").get(contact=keep, mailing_list=offers).consent
    assert carried is not None
    assert carried.contact_id == other.pk
    assert ConsentRecord.objects.count() == 2


@pytest.mark.parametrize("who_left", ["keep", "other"])
def test_a_no_of_either_is_a_no_and_the_ledger_says_why(news: MailingList, who_left: str) -> None:
    keep, other = subscribed(news), subscribed(news)
    left = keep if who_left == "keep" else other
    unsubscribe(contact_id=left.pk, mailing_list_id=news.pk, origin=ORIGIN)
    merge(keep, other)
    assert states(keep) == {"news": "unsubscribed"}
    last = said_by(keep.pk).order_by("pk").last()
    assert last is not None
    assert (last.action, last.contact_id) == (ConsentAction.WITHDRAWN, keep.pk)
    assert f"Merged with contact {other.pk}" in last.source
    assert "no of either" in last.detail


def test_a_no_outweighs_a_later_yes_and_a_pending_question(news: MailingList) -> None:
    keep, other = subscribed(news), subscribed(news)
    unsubscribe(contact_id=other.pk, mailing_list_id=news.pk, origin=ORIGIN)
    # Anybody can type the address into a form, which makes it pending again.
    request_subscription(
        email=other.email,
        mailing_list_ids=[news.pk],
        wording_id=ConsentWordingFactory.create().pk,
        origin=ORIGIN,
    )
    merge(keep, other)
    assert states(keep) == {"news": "unsubscribed"}


def test_leaving_everything_is_left_by_both(news: MailingList, offers: MailingList) -> None:
    keep, other = subscribed(news), subscribed(offers)
    unsubscribe_all(contact_id=other.pk, origin=ORIGIN)
    merge(keep, other)
    assert set(states(keep).values()) == {"unsubscribed"}
    last = last_general_answer(keep.pk)
    assert last is not None
    assert last.action == ConsentAction.WITHDRAWN
    grant(keep, MailingListFactory.create(slug="third"))
    assert audience_counts(Audience(lists=(MailingList.objects.get(slug="third").pk,))).included == 0


def test_one_who_left_everything_keeps_lists_of_the_other_away(news: MailingList) -> None:
    keep, other = ContactFactory.create(), subscribed(news)
    unsubscribe_all(contact_id=keep.pk, origin=ORIGIN)
    merge(keep, other)
    assert states(keep) == {"news": "unsubscribed"}


def test_a_complaint_at_either_address_holds_the_person(news: MailingList) -> None:
    keep, other, later = subscribed(news), ContactFactory.create(), ContactFactory.create()
    bounced = ContactFactory.create()
    suppress(addresses=[bounced.email], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    merge(keep, bounced)
    merge(keep, later)
    assert audience_counts(Audience(lists=(news.pk,))).included == 1
    # A report about an old mail comes in after the merge.
    suppress(addresses=[later.email], scope=Scope.EVERYTHING, reason=SuppressionReason.COMPLAINT)
    assert audience_counts(Audience(lists=(news.pk,))).included == 0
    second = subscribed(news)
    suppress(addresses=[other.email], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
    merge(second, other)
    assert audience_counts(Audience(lists=(news.pk,))).included == 0


def test_links_of_the_merged_contact_act_on_the_one_who_stayed(client: Client, news: MailingList) -> None:
    OrganisationFactory.create()
    first, middle, keep = subscribed(news), subscribed(news), subscribed(news)
    path = f"/u/{tokens.sign(MailingFactory.create().pk, first.pk)}"
    merge(middle, first)
    merge(keep, middle)
    assert client.get(path).status_code == 200
    assert client.get(path.replace("/u/", "/p/")).status_code == 200
    assert (
        client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded").status_code
        == 200
    )
    assert states(keep) == {"news": "unsubscribed"}
    assert audience_counts(Audience(lists=(news.pk,))).included == 0


def test_a_confirmation_that_is_under_way_still_counts(news: MailingList) -> None:
    keep = ContactFactory.create()
    wording = ConsentWordingFactory.create()
    asked = request_subscription(
        email="typed@gmail.com", mailing_list_ids=[news.pk], wording_id=wording.pk, origin=ORIGIN
    )
    entry = ConsentRecord.objects.get(contact=asked.contact_id)
    merge(keep, Contact.objects.get(pk=asked.contact_id))
    assert confirm_subscription(contact_id=asked.contact_id, request_ids=[entry.pk], origin=ORIGIN).is_new
    assert states(keep) == {"news": "subscribed"}
    assert not confirm_subscription(contact_id=asked.contact_id, request_ids=[entry.pk], origin=ORIGIN).is_new


def test_the_address_finds_the_one_who_stayed(news: MailingList, tmp_path: Path) -> None:
    keep, other = ContactFactory.create(email="kim@huila.example"), ContactFactory.create(email="kim@gmail.com")
    merge(keep, other)
    assert contact_id_of("KIM@gmail.com") == keep.pk
    added = add_contact(
        actor=SENDWELL,
        email="kim@gmail.com",
        mailing_list_id=news.pk,
        basis=Basis.EXPRESS,
        consent_source="Signed up at the shop's till",
    )
    assert added.pk == keep.pk
    file = tmp_path / "people.csv"
    file.write_text("email,city\nkim@gmail.com,Bogota\nkim@huila.example,Cali\nnew@huila.example,Neiva\n")
    offers = MailingListFactory.create(slug="offers")
    result = import_contacts(
        order=ImportOrder(
            path=file,
            list_slug=offers.slug,
            consent_source="Signed up at the shop's till, autumn 2026",
            actor="Maria",
            rejects_path=tmp_path / "rejects.csv",
            basis=Basis.EXPRESS,
            declare_fields=True,
        )
    )
    assert (result.tally.created, result.tally.subscribed) == (1, 2)
    keep.refresh_from_db()
    assert keep.attributes == {"city": "Cali"}
    assert states(keep) == {"news": "subscribed", "offers": "subscribed"}
    assert Contact.objects.count() == 2


def test_batches_that_hold_the_merged_id_mail_the_person_once(news: MailingList) -> None:
    keep, other, alone = subscribed(news), subscribed(news), subscribed(news)
    stranger = subscribed(news)
    mailing = MailingFactory.create()
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[keep.pk])
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[other.pk, alone.pk])
    merge(keep, other)
    merge(stranger, alone)
    found = load_recipients(contact_ids=[other.pk, alone.pk, keep.pk], lists=[news.pk], mailing_id=mailing.pk)
    assert {key: each.why_not for key, each in found.items()} == {
        other.pk: SkipReason.MERGED,
        alone.pk: None,
        keep.pk: None,
    }
    assert found[alone.pk].address == stranger.email
    unsubscribe(contact_id=stranger.pk, mailing_list_id=news.pk, origin=ORIGIN)
    found = load_recipients(contact_ids=[alone.pk], lists=[news.pk], mailing_id=mailing.pk)
    assert found[alone.pk].why_not == SkipReason.NOT_SUBSCRIBED


def test_what_they_did_is_added_up() -> None:
    keep, other = ContactFactory.create_batch(2)
    for contact, value in ((keep, "10"), (other, "32.50")):
        record_activities(actor=SENDWELL, activities=[NewActivity(contact.pk, "ordered", NOON, value=Decimal(value))])
    mailing, second = MailingFactory.create(), MailingFactory.create()
    append_events(
        [
            NewEvent(NOON, EventKind.ACCEPTED, mailing.pk, keep.pk, "google"),
            NewEvent(NOON, EventKind.ACCEPTED, second.pk, other.pk, "google"),
            NewEvent(NOON, EventKind.CLICKED, second.pk, other.pk, "google", agent_kind=AgentKind.HUMAN),
        ]
    )
    refresh_engagement()
    merge(keep, other)
    total = ActivityTotal.objects.get()
    assert (total.contact_id, total.times, total.total) == (keep.pk, 2, Decimal("42.5"))
    assert ContactActivity.objects.filter(contact=keep).count() == 2
    # Somebody clicks in the old mail once more, after the merge.
    later = NOON + timedelta(hours=1)
    append_events([NewEvent(later, EventKind.CLICKED, mailing.pk, other.pk, "google", agent_kind=AgentKind.HUMAN)])
    refresh_engagement()
    history = MailHistory.objects.get()
    assert (history.contact_id, history.sent_count, history.clicked_at) == (keep.pk, 2, later)
    assert (history.mailings, history.clicked) == ([second.pk, mailing.pk], 0b11)
    keep.refresh_from_db()
    assert keep.engaged_at == later


def test_values_of_the_one_who_stays_win_and_blanks_are_filled() -> None:
    keep = ContactFactory.create(first_name="Kim", last_name="", attributes={"city": "Cali"})
    other = ContactFactory.create(
        first_name="Kimberley", last_name="Ruiz", attributes={"city": "Neiva", "tier": "gold"}
    )
    merge(keep, other)
    keep.refresh_from_db()
    assert (keep.full_name, keep.attributes) == ("Kim Ruiz", {"city": "Cali", "tier": "gold"})
    assert ContactMerge.objects.get().decisions == ["first_name: kept Kim, not Kimberley", "city: kept Cali, not Neiva"]


def test_ids_of_other_systems_come_along() -> None:
    keep, other = ContactFactory.create_batch(2)
    ContactIdentifier.objects.create(contact=other, source="shop", external_id="17")
    merge(keep, other)
    assert find_contact("shop", "17") == keep


def test_the_rarer_mail_the_longer_pause_and_the_stricter_tracking_hold(news: MailingList) -> None:
    keep, other = subscribed(news, tracks_opens=True, tracks_clicks=True), subscribed(news)
    ConsentRecord.objects.create(
        contact=other,
        purpose=Purpose.OPEN_TRACKING,
        action=ConsentAction.WITHDRAWN,
        source="x",
        actor="x",
        occurred_at=timezone.now(),
    )
    change_frequencies(contact_id=other.pk, choices={news.pk: Frequency.MONTHLY}, origin=ORIGIN)
    until = pause(contact_id=other.pk, origin=ORIGIN)
    merge(keep, other)
    keep.refresh_from_db()
    assert (keep.tracks_opens, keep.tracks_clicks, keep.paused_until) == (False, True, until)
    assert Subscription.objects.get(contact=keep).frequency == Frequency.MONTHLY
    # A pixel in an old mail is asked of the person who stayed.
    assert set(tracking_consent(EventKind.CLICKED, [other.pk])) == {other.pk}
    assert set(tracking_consent(EventKind.OPENED, [other.pk])) == set()


def test_the_ledger_still_proves_itself(news: MailingList) -> None:
    keep, other = subscribed(news), subscribed(news)
    unsubscribe_all(contact_id=other.pk, origin=ORIGIN)
    merge(keep, other)
    assert prove_ledger().holds


def test_nobody_is_merged_with_themselves_or_twice() -> None:
    keep, other = ContactFactory.create_batch(2)
    with pytest.raises(MergeRefused, match="itself"):
        merge(keep, keep)
    merge(keep, other)
    with pytest.raises(MergeRefused, match="merged already"):
        merge(other, keep)
    with pytest.raises(ContactGone):
        merge_contacts(keep_id=keep.pk, merge_id=keep.pk + 999, actor=SENDWELL)


def test_whoever_was_merged_is_no_person_any_more() -> None:
    keep, other = ContactFactory.create_batch(2)
    merge(keep, other)
    assert list(Contact.objects.all()) == [keep]
    everybody = parse_rules({"type": "all", "rules": []}, known())
    assert count_people(everybody) == 1


def test_an_erasure_takes_every_address_of_the_person(news: MailingList) -> None:
    keep, other = subscribed(news), subscribed(news)
    merge(keep, other)
    erase_contact(contact_id=keep.pk, actor=SENDWELL, reason="They asked by mail")
    assert not Contact.with_merged.exists()
    assert prove_ledger().holds
    assert is_held(keep.email)
    assert is_held(other.email)


def is_held(email: str) -> bool:
    return bool(suppressed_keys(StreamKind.MARKETING, [address_key(email)]))
