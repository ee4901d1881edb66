"""Closes a leased batch: its results, the suppressions they call for and whatever goes on later, in one transaction."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from deliverability import conf
from deliverability.models import DeliveryBatch, Mailing
from deliverability.rules.outcomes import Outcome, judge
from deliverability.rules.routes import RECONCILE
from deliverability.services.events import append_events
from deliverability.services.journal import Entry
from deliverability.services.leasing import Lease
from deliverability.services.reply_counts import count_replies
from deliverability.services.soft_bounces import count_soft_bounces
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, NewEvent, Reply, Scope, Skipped, SkipReason, SuppressionReason

# A stream stands still for everybody, so one refusing mail server must not be enough: some of a batch's replies,
# and a fair share of them, must speak of our reputation or authentication. Fewer only defer their recipients.
HOLD_AT_LEAST = 3
HOLD_SHARE = 0.2

# The fence: whoever lost the lease meanwhile, or has closed the batch already, matches nothing and writes nothing.
_CLOSE = """
UPDATE deliverability_deliverybatch SET state = 2, closed_at = clock_timestamp(), lease_expires_at = NULL
WHERE id = %s AND lease_owner = %s AND epoch = %s AND state = 1
"""
# Waits for a cancellation under way: afterwards either it finds our later batches, or we find its state.
_MAILING_STATE = "SELECT state FROM deliverability_mailing WHERE id = %s FOR SHARE"


@dataclass(frozen=True, slots=True)
class PutBack:
    """Recipients who were not tried, on their way back into the outbox. `delay` 0: due at once."""

    recipient_ids: list[int]
    delay: timedelta = timedelta()
    failures: int = 0
    # Some may have the mail already, since whoever sent to them is dead: they stay with their provider for a while.
    is_unknown: bool = False


@dataclass(slots=True)
class Closing:
    """What closing a batch found: the counts, and the replies that concern more than their recipients."""

    counts: Counter[EventKind] = field(default_factory=Counter)
    hold_replies: list[str] = field(default_factory=list)

    @property
    def holding_reply(self) -> str:
        """A reply because of which the stream must stand still, or nothing."""
        tried = self.counts[EventKind.ACCEPTED] + self.counts[EventKind.DEFERRED] + self.counts[EventKind.FAILED]
        enough = max(HOLD_AT_LEAST, HOLD_SHARE * tried)
        return self.hold_replies[0] if len(self.hold_replies) >= enough else ""


def close_batch(
    *,
    lease: Lease,
    entries: Iterable[Entry],
    skipped: Sequence[Skipped] = (),
    unrenderable: Sequence[int] = (),
    put_back: Sequence[PutBack] = (),
) -> Closing | None:
    """Record everything that became of a batch; None, and nothing written, when the lease is no longer ours.

    Every recipient of the batch is to stand in exactly one of the arguments. Deferred ones get a later batch with
    back-off. In a mailing that was cancelled meanwhile, whoever would go on is SKIPPED instead. Safe to call again
    after a broken connection left open whether the first call was committed.
    """
    record = _Record(lease)
    record.add_results(entries)
    record.add_held_back(EventKind.SKIPPED, [(one.recipient_id, one.reason) for one in skipped])
    record.add_held_back(EventKind.FAILED, [(one, SkipReason.UNRENDERABLE.value) for one in unrenderable])
    later = [*record.deferred_batches(), *(record.batch_of(rest) for rest in put_back if rest.recipient_ids)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_MAILING_STATE, [lease.mailing_id])
            [state] = cursor.fetchone()
            cursor.execute(_CLOSE, [lease.batch_id, lease.owner, lease.epoch])
            if cursor.rowcount == 0:
                return None
        if state == Mailing.State.CANCELLED:
            stopped = [one for batch in later for one in batch.recipient_ids]
            record.add_held_back(EventKind.SKIPPED, [(one, SkipReason.CANCELLED.value) for one in stopped])
        else:
            DeliveryBatch.objects.bulk_create(later)
        # Sorted, so that two batches with common addresses cannot wait for each other.
        _suppress_bounced(sorted(record.bounced))
        count_soft_bounces(bounces=record.soft_bounced)
        count_replies(replies=[(reply, lease.lane.mailbox_provider) for reply in record.refusals])
        # Last, since it locks the rows of counts that every batch of the mailing shares.
        append_events(record.events)
    return record.closing


def _suppress_bounced(bounced: list[tuple[str, str]]) -> None:
    for address, evidence in bounced:
        suppress(addresses=[address], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE, evidence=evidence)


class _Record:
    """Gathers the events and the later batches of one closing."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.closing = Closing()
        self.events: list[NewEvent] = []
        self.bounced: list[tuple[str, str]] = []
        self.soft_bounced: list[tuple[str, str]] = []
        self.refusals: list[Reply] = []
        self._deferred: dict[tuple[timedelta, bool], list[int]] = {}
        self._now = timezone.now()
        # The time in the queue before the first attempt (a pause, a held stream) is not the recipient's fault.
        self._first_due_at = lease.first_due_at if lease.attempt > 1 else self._now
        # One jitter a batch keeps its deferred recipients together in as few later batches as they have delays.
        self._jitter = random.random()  # noqa: S311
        self._scale = conf.retry_scale()
        self._patience = RECONCILE[lease.kind] * self._scale

    def add_results(self, entries: Iterable[Entry]) -> None:
        ours = set(self.lease.recipient_ids)
        for entry in entries:
            result = entry.result
            if result.recipient_id not in ours:
                continue
            # Two leases may both have journalled somebody whom a stalled worker sent to twice: one event.
            ours.remove(result.recipient_id)
            outcome = self._judge(entry)
            self._add(outcome.kind, result.recipient_id, outcome.detail, result.reply.code, entry.at)
            if outcome.kind != EventKind.ACCEPTED:
                self._follow(outcome, entry)

    def add_held_back(self, kind: EventKind, people: Sequence[tuple[int, str]]) -> None:
        for recipient_id, reason in people:
            self._add(kind, recipient_id, reason, None, self._now.timestamp())

    def deferred_batches(self) -> list[DeliveryBatch]:
        return [
            self._batch(
                people, delay, attempt=self.lease.attempt + 1, first_due_at=self._first_due_at, is_unknown=is_unknown
            )
            for (delay, is_unknown), people in self._deferred.items()
        ]

    def batch_of(self, rest: PutBack) -> DeliveryBatch:
        """The rest of the batch at its old attempt: these people were not tried."""
        return self._batch(
            rest.recipient_ids,
            rest.delay,
            attempt=self.lease.attempt,
            first_due_at=self.lease.first_due_at,
            failures=rest.failures,
            is_unknown=rest.is_unknown,
        )

    def _judge(self, entry: Entry) -> Outcome:
        return judge(
            entry.result.reply,
            attempt=self.lease.attempt,
            age=self._now - self._first_due_at,
            give_up=timedelta(hours=conf.GIVE_UP_HOURS),
            scale=self._scale,
            jitter=self._jitter,
            mailbox_provider=self.lease.lane.mailbox_provider,
        )

    def _follow(self, outcome: Outcome, entry: Entry) -> None:
        self.refusals.append(entry.result.reply)
        if outcome.retry_in is not None:
            later = (outcome.retry_in, outcome.is_unknown)
            self._deferred.setdefault(later, []).append(entry.result.recipient_id)
        if outcome.suppresses and entry.result.address:
            self.bounced.append((entry.result.address, f"{entry.result.reply.code} {outcome.detail}"))
        if outcome.bounces_for_now and entry.result.address:
            self.soft_bounced.append((entry.result.address, f"{entry.result.reply.code} {outcome.detail}"))
        if outcome.asks_for_hold:
            self.closing.hold_replies.append(f"{entry.result.reply.code} {outcome.detail}")

    def _add(self, kind: EventKind, recipient_id: int, detail: str, code: int | None, at: float) -> None:
        lease = self.lease
        self.events.append(
            NewEvent(
                occurred_at=datetime.fromtimestamp(at, UTC),
                kind=kind,
                mailing_id=lease.mailing_id,
                recipient_id=recipient_id,
                mailbox_provider=lease.lane.mailbox_provider,
                batch_id=lease.batch_id,
                provider_id=lease.provider_id,
                attempt=lease.attempt,
                code=code,
                detail=detail,
            )
        )
        self.closing.counts[kind] += 1

    def _batch(
        self,
        people: list[int],
        delay: timedelta,
        *,
        attempt: int,
        first_due_at: datetime,
        failures: int = 0,
        is_unknown: bool = False,
    ) -> DeliveryBatch:
        window = self.lease.window
        return DeliveryBatch(
            mailing_id=self.lease.mailing_id,
            stream_id=self.lease.lane.stream_id,
            mailbox_provider=self.lease.lane.mailbox_provider,
            priority=self.lease.priority,
            recipient_ids=people,
            attempt=attempt,
            failures=failures,
            first_due_at=first_due_at,
            due_at=self._now + delay,
            provider_id=self.lease.provider_id if is_unknown else None,
            unknown_until=self._now + self._patience if is_unknown else None,
            zone=window.zone if window else "",
            opens_at=window.opens_at if window else None,
            closes_at=window.closes_at if window else None,
        )
