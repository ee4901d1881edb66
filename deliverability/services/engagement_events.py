"""Writes buffered opens and clicks as events, each exactly once, however often and wherever this is killed."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import psycopg
import redis
from django.db import DataError, IntegrityError, transaction

from deliverability import conf
from deliverability.models import Mailing
from deliverability.rules.agents import classify_agent
from deliverability.rules.hits import FIELD, SET_ASIDE, STREAM, Hit, unpack_hit
from deliverability.services.cursors import claim_cursor, move_cursor
from deliverability.services.events import append_events
from deliverability.services.tracking import tracking_consent
from deliverability.types import EventKind, NewEvent

logger = logging.getLogger(__name__)

BATCH = 5000

# An entry of the stream as the client gives it: its id, which begins with milliseconds since 1970, and its fields.
Entry = tuple[bytes, dict[Any, Any]]


# Django translates no errors of COPY, which is psycopg's own.
_REFUSALS = (DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError)


@dataclass(frozen=True, slots=True)
class Consumed:
    """What became of the entries that one call read; hits without consent are `dropped` and leave no other trace."""

    read: int = 0
    recorded: int = 0
    dropped: int = 0
    set_aside: int = 0


def consume_hits(*, limit: int = BATCH) -> Consumed:
    """Write the next `limit` hits in one transaction with the cursor, then let Redis forget them.

    A kill before the commit leaves both as they were; one after it leaves entries in Redis that the cursor has
    passed. Returns an empty result when another consumer is at work. An entry that Postgres refuses is found by
    halving and set aside, so that it cannot hold up the others.
    """
    client = conf.redis_client()
    try:
        with transaction.atomic():
            consumed, position = _consume(client, limit)
    except _REFUSALS as error:
        return consume_hits(limit=limit // 2) if limit > 1 else _step_over(client, error)
    if position:
        client.xtrim(STREAM, minid=_following(position), approximate=False)
    return consumed


def hits_wait() -> bool:
    """Whether anything is in the buffer."""
    return bool(conf.redis_client().xlen(STREAM))


def _consume(client: redis.Redis, limit: int) -> tuple[Consumed, str | None]:
    """What was done, and the cursor's position after it; None for the position when another consumer has it."""
    position = claim_cursor(name=STREAM, start="0-0", wait=False)
    entries = _entries_after(client, position, limit) if position else []
    if not entries:
        return Consumed(), position
    hits, unreadable = _read(entries)
    for entry, error in unreadable:
        _set_aside(client, entry, error)
    events = list(_events(hits))
    append_events(events)
    position = entries[-1][0].decode()
    move_cursor(name=STREAM, last_id=position)
    dropped = len(hits) - len(events)
    return Consumed(len(entries), recorded=len(events), dropped=dropped, set_aside=len(unreadable)), position


def _entries_after(client: redis.Redis, position: str, limit: int) -> list[Entry]:
    return cast(list[Entry], client.xrange(STREAM, min=f"({position}", count=limit))


def _read(entries: Sequence[Entry]) -> tuple[list[tuple[datetime, Hit]], list[tuple[Entry, Exception]]]:
    hits: list[tuple[datetime, Hit]] = []
    unreadable: list[tuple[Entry, Exception]] = []
    for entry in entries:
        entry_id, fields = entry
        try:
            milliseconds = int(entry_id.partition(b"-")[0])
            hits.append((datetime.fromtimestamp(milliseconds / 1000, UTC), unpack_hit(fields[FIELD])))
        except (ValueError, KeyError) as error:
            unreadable.append((entry, error))
    return hits, unreadable


def _events(hits: Sequence[tuple[datetime, Hit]]) -> Iterator[NewEvent]:
    """The hits whose people allow it and whose mailing still exists, with the agent judged."""
    recipients: defaultdict[EventKind, set[int]] = defaultdict(set)
    for _, hit in hits:
        recipients[hit.kind].add(hit.recipient_id)
    providers = {kind: tracking_consent(kind, ids) for kind, ids in recipients.items()}
    mailings = set(Mailing.objects.filter(pk__in={hit.mailing_id for _, hit in hits}).values_list("pk", flat=True))
    for at, hit in hits:
        provider = providers[hit.kind].get(hit.recipient_id)
        if provider is not None and hit.mailing_id in mailings:
            yield _event(at, hit, provider)


def _event(at: datetime, hit: Hit, mailbox_provider: str) -> NewEvent:
    return NewEvent(
        occurred_at=at,
        kind=hit.kind,
        mailing_id=hit.mailing_id,
        recipient_id=hit.recipient_id,
        mailbox_provider=mailbox_provider,
        # What the columns do not hold, kept raw: a method other than GET, and a target of this recipient's own.
        detail=" ".join(filter(None, (hit.method if hit.method != "GET" else "", hit.target))) or None,
        link=hit.link,
        agent_kind=classify_agent(hit.agent, hit.method),
        agent=hit.agent or None,
        ip=hit.ip,
    )


def _step_over(client: redis.Redis, error: Exception) -> Consumed:
    """Set the first entry aside: alone in its transaction, Postgres refused it."""
    with transaction.atomic():
        position = claim_cursor(name=STREAM, start="0-0", wait=False)
        entries = _entries_after(client, position, 1) if position else []
        for entry in entries:
            _set_aside(client, entry, error)
            move_cursor(name=STREAM, last_id=entry[0].decode())
    return Consumed(read=len(entries), set_aside=len(entries))


def _set_aside(client: redis.Redis, entry: Entry, error: Exception) -> None:
    """Keep the entry for a person to look at, under its own id: a second attempt after a kill is refused by Redis."""
    entry_id, fields = entry
    logger.error("A hit could not be written and was set aside in %s as %s: %s", SET_ASIDE, entry_id.decode(), error)
    try:
        client.xadd(SET_ASIDE, fields, id=entry_id)
    except redis.ResponseError as refusal:
        if "equal or smaller" not in str(refusal):
            raise


def _following(entry_id: str) -> str:
    milliseconds, _, sequence = entry_id.partition("-")
    return f"{milliseconds}-{int(sequence) + 1}"
