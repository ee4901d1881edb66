"""Records a finished transmission and does what its replies ask for: hold the stream, slow the lane, let go again."""

import logging

from deliverability.queries.lanes import LaneWays, WorkingLane
from deliverability.rules.replies import classify_reply
from deliverability.services import holds
from deliverability.services.closing import Closing, close_batch
from deliverability.services.dispatch.ways import Ways
from deliverability.services.journal import JournalStore
from deliverability.services.leasing import Lease
from deliverability.services.patience import patiently
from deliverability.services.transmission import Transmission
from deliverability.types import EventKind

logger = logging.getLogger(__name__)

JOURNAL_WAIT_SECONDS = 60


def record(transmission: Transmission, *, lane: WorkingLane, store: JournalStore) -> Closing:
    """Close the batch of a transmission and follow its replies. Raises OperationalError when the database stays out.

    Then nothing is lost: the lease runs out, and whoever takes it over reads the journal.
    """
    lease = transmission.lease
    transmission.journal.close()
    closed = patiently(
        lambda: close_batch(
            lease=lease,
            entries=transmission.entries,
            skipped=transmission.skipped,
            unrenderable=transmission.unrenderable(),
            put_back=transmission.put_back(),
        )
    )
    if closed is None:
        logger.warning("Batch %s was taken over by another worker, which records it.", lease.batch_id)
        return Closing()
    store.delete(lease.batch_id, lease.epoch)
    _follow(transmission, lane, closed)
    if lane.was_held and closed.counts[EventKind.ACCEPTED] and not closed.holding_reply:
        holds.release(stream_id=lease.lane.stream_id)
    return closed


def hold_without_way(ways: LaneWays, known: Ways) -> None:
    """No provider of the route takes mail: the first one's words, and what we do about it."""
    states = [known.of(step.provider_id) for step in ways.steps]
    moments = [state.until for state in states if state.until is not None]
    if not moments:
        return
    others = " No other way out of this stream takes mail either." if len(states) > 1 else ""
    reason = (
        f"{states[0].why.rstrip('.')}.{others} Everything waits and is tried again by itself, at longer and longer "
        "intervals."
    )
    if holds.hold(stream_id=ways.key.stream_id, reason=reason, until=min(moments)):
        logger.error("Stream %s is held. %s", ways.key.stream_id, reason)


def hold_for_journal(lease: Lease, reason: str) -> None:
    if holds.hold(stream_id=lease.lane.stream_id, reason=reason, seconds=JOURNAL_WAIT_SECONDS):
        logger.error("Stream %s is held. %s", lease.lane.stream_id, reason)


def _follow(transmission: Transmission, lane: WorkingLane, closed: Closing) -> None:
    lease = transmission.lease
    if transmission.journal_error is not None:
        hold_for_journal(lease, str(transmission.journal_error))
    if closed.holding_reply and not (lane.is_paced and _is_block(transmission)):
        _hold_for_reputation(lease, closed.holding_reply)


def _is_block(transmission: Transmission) -> bool:
    """What was refused for a reason that is ours was mostly refused by one mailbox provider's own block: the rules of
    its lane answer that. An authentication fault would be the same everywhere, and holds the stream."""
    kinds = [
        classify_reply(reply.code, reply.enhanced, reply.text).kind
        for reply in (entry.result.reply for entry in transmission.entries)
        if reply.code >= 400
    ]
    return kinds.count("block") > kinds.count("authentication")


def _hold_for_reputation(lease: Lease, reply: str) -> None:
    reason = (
        f"Mail to {lease.lane.mailbox_provider} was refused for a reason that is ours, not the recipients': “{reply}”. "
        "Nobody was suppressed; those people are tried again after a pause. Check the sending domain's SPF, DKIM and "
        "DMARC records and the sender's reputation."
    )
    if holds.hold(stream_id=lease.lane.stream_id, reason=reason):
        logger.error("Stream %s is held. %s", lease.lane.stream_id, reason)
