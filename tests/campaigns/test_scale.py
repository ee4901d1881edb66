"""A million people, frozen."""

import sys
from collections.abc import Callable
from time import perf_counter

import pytest
from django.db import connection

from campaigns.models import Campaign, Exclusion
from campaigns.queries.explain import Outcome, explain
from campaigns.queries.report import exclusions
from campaigns.services.start import start
from deliverability.models import DeliveryBatch
from subscribers.queries.audience.recipients import load_recipients
from subscribers.types import ExclusionReason
from tests.factories.campaigns import scheduled
from tests.factories.subscribers import ConsentRecordFactory, MailingListFactory, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.scale, pytest.mark.timeout(600)]
PEOPLE = 1_000_000
# One person in a hundred is suppressed, one in fifty has left, one in a hundred is paused.
_CONTACTS = """
INSERT INTO subscribers_contact (email, address_key, first_name, last_name, locale, time_zone, country, attributes,
    mailbox_provider, tracks_opens, tracks_clicks, engaged_at, paused_until, created_at, updated_at)
SELECT 'p' || n || '@example.org', decode(md5(n::text), 'hex'), 'Ann', 'Example', 'en', '', 'DE', '{"plan": "gold"}',
    (ARRAY['google', 'yahoo', 'microsoft', 'other'])[n %% 4 + 1], true, true,
    CASE WHEN n %% 2 = 0 THEN now() - n %% 400 * interval '1 day' END,
    CASE WHEN n %% 100 = 7 THEN now() + interval '1 day' END, now(), now()
FROM generate_series(1, %s) n
"""
_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription (contact_id, mailing_list_id, state, consent_id, changed_at)
SELECT id, %s, CASE WHEN id %% 50 = 3 THEN 'unsubscribed' ELSE 'subscribed' END, %s, now() FROM subscribers_contact
WHERE email LIKE 'p%%@example.org'
"""
_SUPPRESSIONS = """
INSERT INTO deliverability_suppression (address_key, address, scope, reason, evidence, created_at)
SELECT address_key, email, 'everything', 'hard_bounce', '', now() FROM subscribers_contact
WHERE email LIKE 'p%@example.org' AND id % 100 = 11
"""


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    def write(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return write


@pytest.fixture
def million() -> Campaign:
    mailing_list = MailingListFactory.create()
    subscribed(mailing_list, email="alice@gmail.com")
    campaign = scheduled(undo_seconds=0)
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, [PEOPLE])
        cursor.execute(_SUBSCRIPTIONS, [mailing_list.pk, ConsentRecordFactory.create().pk])
        cursor.execute(_SUPPRESSIONS)
        cursor.execute("ANALYZE subscribers_contact, subscribers_subscription, deliverability_suppression")
    return campaign


def test_a_million_people_are_frozen_in_under_20_seconds(million: Campaign, say: Callable[[str], None]) -> None:
    started = perf_counter()
    assert start(campaign_id=million.pk)
    seconds = perf_counter() - started
    say(f"freeze of {PEOPLE:,}: {seconds:.1f} s, {DeliveryBatch.objects.count():,} batches")
    million.refresh_from_db()
    excluded = exclusions(million.pk)
    assert million.audience_count + sum(excluded.values()) == PEOPLE + 1
    assert set(excluded) == {ExclusionReason.UNSUBSCRIBED, ExclusionReason.SUPPRESSED, ExclusionReason.PAUSED}
    assert max(len(row.contact_ids) for row in Exclusion.objects.all()) <= 10_000
    assert seconds < 20

    ids = DeliveryBatch.objects.order_by("id")[100].recipient_ids
    seconds = min(_seconds(lambda: load_recipients(contact_ids=ids, lists=[million.mailing_list_id])))
    say(f"load_recipients: {seconds / len(ids) * 1e6:.1f} µs a person")
    # Three times the target: what this guards against is a query per person, or a scan per batch.
    assert seconds / len(ids) < 45e-6

    assert explain(campaign_id=million.pk, address="alice@gmail.com").outcome == Outcome.WAITING
    seconds = min(_seconds(lambda: explain(campaign_id=million.pk, address="alice@gmail.com")))
    say(f"explain: {seconds * 1e3:.0f} ms")
    assert seconds < 1


def _seconds(action: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(5):
        started = perf_counter()
        action()
        taken.append(perf_counter() - started)
    return taken
