"""Appends what happened and rolls it up, both in the caller's transaction: no number can drift from its events."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from deliverability.models import Event
from deliverability.rules.engagement import DECIDED, KINDS, Tally, is_by_person, tally
from deliverability.types import AgentKind, EventKind, NewEvent

_COPY = """
COPY deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, batch_id, provider_id,
    attempt, code, detail, link, agent_kind, agent, ip) FROM STDIN
"""
# Held by every transaction that appends, together; `settled_event_id` takes it alone.
_APPENDING = "SELECT pg_advisory_xact_lock_shared(hashtext('sendwell.events'))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('sendwell.events'))"
# Whoever counts people must see all that others have appended: one at a time, until the transaction ends.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('sendwell.engagement'))"
# No event is older than its mailing, but for clocks that differ: so only partitions since then are looked into. OFFSET
# keeps the planner from reading the whole table instead of looking a few thousand people up.
_KNOWN = f"""
SELECT DISTINCT wanted.mailing_id, wanted.kind, wanted.recipient_id, event.link
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[]) AS wanted (mailing_id, kind, recipient_id)
JOIN deliverability_mailing mailing ON mailing.id = wanted.mailing_id
CROSS JOIN LATERAL (
    SELECT link FROM deliverability_event
    WHERE mailing_id = wanted.mailing_id AND kind = wanted.kind AND recipient_id = wanted.recipient_id
        AND (agent_kind = {int(AgentKind.HUMAN)} OR kind = ANY('{{{", ".join(str(int(kind)) for kind in DECIDED)}}}'))
        AND occurred_at > mailing.created_at - interval '1 day'
    OFFSET 0
) event
"""  # noqa: S608  only constants of this module
# Keys arrive sorted: two workers that close batches of one mailing lock the same rows in the same order.
_COUNT = """
INSERT INTO deliverability_mailingcount (mailing_id, mailbox_provider, kind, total, people)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (mailing_id, mailbox_provider, kind) DO UPDATE
SET total = deliverability_mailingcount.total + EXCLUDED.total,
    people = deliverability_mailingcount.people + EXCLUDED.people
"""
# What guardrails look at, by five minutes; opens and clicks are none of their business.
_FLOW_KINDS = (
    EventKind.ACCEPTED,
    EventKind.DEFERRED,
    EventKind.FAILED,
    EventKind.BOUNCED,
    EventKind.COMPLAINED,
    EventKind.UNSUBSCRIBED,
)
_SLOT_SECONDS = 300
_COUNT_FLOW = f"""
INSERT INTO deliverability_flowcount (mailing_id, mailbox_provider, slot, kind, provider_id, total)
SELECT mailing_id, mailbox_provider, to_timestamp(slot * {_SLOT_SECONDS}), kind, provider_id, total
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[])
    AS seen (mailing_id, mailbox_provider, slot, kind, provider_id, total)
ON CONFLICT (slot, mailing_id, mailbox_provider, kind, provider_id) DO UPDATE
SET total = deliverability_flowcount.total + EXCLUDED.total
"""  # noqa: S608  only a constant of this module
_COUNT_LINKS = """
INSERT INTO deliverability_linkcount (mailing_id, link, people, clicks, machine_clicks) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (mailing_id, link) DO UPDATE
SET people = deliverability_linkcount.people + EXCLUDED.people,
    clicks = deliverability_linkcount.clicks + EXCLUDED.clicks,
    machine_clicks = deliverability_linkcount.machine_clicks + EXCLUDED.machine_clicks
"""
_COUNT_MINUTES = """
INSERT INTO deliverability_minutecount (mailing_id, minute, opens, clicks) VALUES (%s, %s, %s, %s)
ON CONFLICT (mailing_id, minute) DO UPDATE
SET opens = deliverability_minutecount.opens + EXCLUDED.opens,
    clicks = deliverability_minutecount.clicks + EXCLUDED.clicks
"""


def append_events(events: Sequence[NewEvent]) -> None:
    """COPY events into their partitions and add them to the mailings' counts. Joins the open transaction, if any."""
    if not events:
        return
    totals = Counter((event.mailing_id, event.mailbox_provider, int(event.kind)) for event in events)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_APPENDING)
        engaged = _engaged(cursor, events)
        with cursor.copy(_COPY) as copy:
            for event in events:
                copy.write_row(_row(event))
        counts = [(*key, total, engaged.people[key]) for key, total in sorted(totals.items())]
        cursor.executemany(_COUNT, counts)
        _count_engagement(cursor, engaged)
        _count_flow(cursor, events)


def settled_event_id() -> int:
    """An event id at or below which no event can appear any more.

    Ids are given when rows are written and seen when their transaction commits, so a higher id may be seen first. All
    who append hold a lock together: whoever has it alone for a moment knows that no such transaction is under way,
    and that all later ones get higher ids. They take milliseconds, so nobody waits long for anybody.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONE)
        return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


def _count_flow(cursor: CursorWrapper, events: Sequence[NewEvent]) -> None:
    seen = Counter(
        (
            event.mailing_id,
            event.mailbox_provider,
            int(event.occurred_at.timestamp()) // _SLOT_SECONDS,
            int(event.kind),
            event.provider_id or 0,
        )
        for event in events
        if event.kind in _FLOW_KINDS
    )
    if seen:
        rows = [(*key, total) for key, total in sorted(seen.items())]
        cursor.execute(_COUNT_FLOW, [list(column) for column in zip(*rows, strict=True)])


def _engaged(cursor: CursorWrapper, events: Sequence[NewEvent]) -> Tally:
    """Asked before the events are there: what is known is what came before them."""
    engaged = [event for event in events if event.kind in KINDS]
    if not engaged:
        return Tally()
    wanted = {(event.mailing_id, int(event.kind), event.recipient_id) for event in engaged if is_by_person(event)}
    cursor.execute(_ONE_AT_A_TIME)
    cursor.execute(_KNOWN, [list(column) for column in zip(*wanted, strict=True)] or [[], [], []])
    return tally(engaged, cursor.fetchall())


def _count_engagement(cursor: CursorWrapper, engaged: Tally) -> None:
    links = [
        (*key, clicks.people, clicks.by_humans, clicks.by_machines) for key, clicks in sorted(engaged.links.items())
    ]
    minutes = sorted({*engaged.opens, *engaged.clicks})
    if links:
        cursor.executemany(_COUNT_LINKS, links)
    if minutes:
        cursor.executemany(_COUNT_MINUTES, [(*key, engaged.opens[key], engaged.clicks[key]) for key in minutes])


def _row(event: NewEvent) -> tuple[Any, ...]:
    return (
        event.occurred_at,
        int(event.kind),
        event.mailing_id,
        event.recipient_id,
        event.mailbox_provider,
        event.batch_id,
        event.provider_id,
        event.attempt,
        event.code,
        event.detail,
        event.link,
        None if event.agent_kind is None else int(event.agent_kind),
        event.agent,
        event.ip,
    )
