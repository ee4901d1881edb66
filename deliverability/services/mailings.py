"""Opens mailings and moves them between running, paused and cancelled."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from deliverability.models import DeliveryBatch, Mailing
from deliverability.types import Canary, EventKind, SkipReason

SWEEP_BATCHES = 200
_WAITING = (DeliveryBatch.State.OPEN.value, DeliveryBatch.State.HELD.value)

# One statement closes waiting batches, says so for each recipient and counts it: a million people are cancelled
# without one of them passing through Python. Leased batches are left to their worker, which sees the new state.
_SKIP_OPEN_BATCHES = """
WITH closed AS (
    UPDATE deliverability_deliverybatch SET state = 2, closed_at = clock_timestamp()
    WHERE id IN (
        SELECT id FROM deliverability_deliverybatch
        WHERE mailing_id = %(mailing)s AND state = ANY(%(states)s)
            AND (%(mailbox_provider)s = '' OR mailbox_provider = %(mailbox_provider)s)
        ORDER BY id LIMIT %(batches)s FOR UPDATE
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
    title: str = "",
    links: Sequence[str] = (),
    canary: Canary | None = None,
    state: str = Mailing.State.RUNNING,
) -> Mailing:
    """The mailing of this composer and reference, made on first call and found again on every later one.

    `title` is what people call it. With a `canary`, all but the first few wait until those turn out well.
    """
    canary = canary or Canary(0, 0)
    mailing, _ = Mailing.objects.get_or_create(
        composer=composer,
        reference=reference,
        defaults={
            "stream_id": stream_id,
            "title": title,
            "links": list(links),
            "canary_percent": canary.percent,
            "canary_minutes": canary.minutes,
            "state": Mailing.State(state),
        },
    )
    return mailing


def pause(*, mailing_id: int, because: str = "") -> bool:
    """Nothing new leaves from now on; workers put back what they hold within two seconds.

    `because` says why where no person paused it. False for one that does not run.
    """
    running = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.RUNNING)
    return running.update(state=Mailing.State.PAUSED, paused_because=because) > 0


def resume(*, mailing_id: int) -> None:
    """Undo a pause; whoever was sent to already is not sent to again. Guardrails judge what comes from now on."""
    paused = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.PAUSED)
    paused.update(state=Mailing.State.RUNNING, paused_because="", resumed_at=timezone.now())


def cancel(*, mailing_id: int) -> None:
    """Stop for good: everybody who still waits gets a SKIPPED event with the reason `cancelled`."""
    Mailing.objects.filter(pk=mailing_id).update(state=Mailing.State.CANCELLED)
    while skip_batches(mailing_id, reason=SkipReason.CANCELLED, states=_WAITING):
        pass


def skip_batches(mailing_id: int, *, reason: SkipReason, states: Sequence[int], mailbox_provider: str = "") -> int:
    """Close some of the batches in these states, at one mailbox provider or all; each call is a short transaction."""
    values = {
        "mailing": mailing_id,
        "batches": SWEEP_BATCHES,
        "kind": int(EventKind.SKIPPED),
        "reason": reason.value,
        "states": list(states),
        "mailbox_provider": mailbox_provider,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SKIP_OPEN_BATCHES, values)
        return int(cursor.fetchone()[0])
