"""Opens mailings and moves them between running, paused and cancelled."""

from collections.abc import Sequence

from django.db import connection, transaction

from deliverability.models import Mailing
from deliverability.types import EventKind, SkipReason

SWEEP_BATCHES = 200

# One statement closes waiting batches, says so for each recipient and counts it: a million people are cancelled
# without one of them passing through Python. Leased batches are left to their worker, which sees the new state.
_SKIP_OPEN_BATCHES = """
WITH closed AS (
    UPDATE deliverability_deliverybatch SET state = 2, closed_at = clock_timestamp()
    WHERE id IN (
        SELECT id FROM deliverability_deliverybatch
        WHERE mailing_id = %(mailing)s AND state = 0 ORDER BY id LIMIT %(batches)s FOR UPDATE
    )
    RETURNING id, mailbox_provider, attempt, recipient_ids
), skipped AS (
    INSERT INTO deliverability_event
        (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, batch_id, attempt, detail)
    SELECT clock_timestamp(), %(kind)s, %(mailing)s, recipient_id, mailbox_provider, id, attempt, %(reason)s
    FROM closed, unnest(recipient_ids) AS recipient_id
), counted AS (
    INSERT INTO deliverability_mailingcount (mailing_id, mailbox_provider, kind, total)
    SELECT %(mailing)s, mailbox_provider, %(kind)s, sum(cardinality(recipient_ids))
    FROM closed GROUP BY mailbox_provider ORDER BY mailbox_provider
    ON CONFLICT (mailing_id, mailbox_provider, kind)
    DO UPDATE SET total = deliverability_mailingcount.total + EXCLUDED.total
)
SELECT count(*) FROM closed
"""


def open_mailing(
    *,
    stream_id: int,
    composer: str,
    reference: str,
    links: Sequence[str] = (),
    state: str = Mailing.State.RUNNING,
) -> Mailing:
    """The mailing of this composer and reference, made on first call and found again on every later one."""
    mailing, _ = Mailing.objects.get_or_create(
        composer=composer,
        reference=reference,
        defaults={"stream_id": stream_id, "links": list(links), "state": Mailing.State(state)},
    )
    return mailing


def pause(*, mailing_id: int) -> None:
    """Nothing new leaves from now on; workers put back what they hold within two seconds."""
    _move(mailing_id, Mailing.State.RUNNING, Mailing.State.PAUSED)


def resume(*, mailing_id: int) -> None:
    """Undo a pause; whoever was sent to already is not sent to again."""
    _move(mailing_id, Mailing.State.PAUSED, Mailing.State.RUNNING)


def cancel(*, mailing_id: int) -> None:
    """Stop for good: everybody who still waits gets a SKIPPED event with the reason `cancelled`."""
    Mailing.objects.filter(pk=mailing_id).update(state=Mailing.State.CANCELLED)
    while _skip_open_batches(mailing_id):
        pass


def _move(mailing_id: int, source: Mailing.State, target: Mailing.State) -> None:
    Mailing.objects.filter(pk=mailing_id, state=source).update(state=target)


def _skip_open_batches(mailing_id: int) -> int:
    """Close some of the waiting batches; each call is a short transaction of its own."""
    values: dict[str, int | str] = {
        "mailing": mailing_id,
        "batches": SWEEP_BATCHES,
        "kind": int(EventKind.SKIPPED),
        "reason": SkipReason.CANCELLED.value,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SKIP_OPEN_BATCHES, values)
        return int(cursor.fetchone()[0])
