"""Settles the batches of dead workers: what their journals hold is recorded, the rest goes back into the outbox."""

import logging

from deliverability.errors import JournalUnavailable
from deliverability.services.closing import PutBack, close_batch
from deliverability.services.journal import JournalStore
from deliverability.services.leasing import Lease, take_over
from deliverability.services.patience import patiently
from deliverability.types import StreamKind

logger = logging.getLogger(__name__)

# Messages leave in the batch's order, so those that were out at the death are the first without an answer: at most one
# call of 25 to an ESP on each of a job's five connections. They go to the same provider again, if that lives.
MOST_IN_FLIGHT = 125


def settle_orphans(*, kind: StreamKind, owner: str, store: JournalStore) -> int:
    """Take over leases that have run out. Returns how many batches were settled.

    Nothing is sent here: the rest becomes a new batch, which any drain may lease at once.
    """
    orphans = patiently(lambda: take_over(kind=kind, owner=owner))
    return sum(_settle(orphan, store) for orphan in orphans)


def _settle(lease: Lease, store: JournalStore) -> bool:
    try:
        entries = store.read(lease.batch_id, lease.epoch)
    except JournalUnavailable as error:
        # Without its journal a batch cannot be told from one that nobody began: better late than twice.
        logger.error("Batch %s of a stopped worker has to wait. %s", lease.batch_id, error)
        return False
    done = {entry.result.recipient_id for entry in entries}
    rest = [one for one in lease.recipient_ids if one not in done]
    put_back = [
        PutBack(rest[:MOST_IN_FLIGHT], failures=lease.failures, is_unknown=True),
        PutBack(rest[MOST_IN_FLIGHT:], failures=lease.failures),
    ]
    closed = patiently(lambda: close_batch(lease=lease, entries=entries, put_back=put_back))
    if closed is None:
        return False
    store.delete(lease.batch_id, lease.epoch)
    logger.warning(
        "A worker stopped in the middle of batch %s: %s of %s recipients had an answer, the rest is sent now.",
        lease.batch_id,
        len(lease.recipient_ids) - len(rest),
        len(lease.recipient_ids),
    )
    return True
