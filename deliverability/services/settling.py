"""Settles people of unknown fate of whose mail somebody has told us since: they had it, so nobody sends it again."""

from django.db import transaction
from django.utils import timezone

from deliverability.models import DeliveryBatch
from deliverability.queries.messages import told_of
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent

_KNOWN = "There was no answer at the time, but word of this mail has come since, so it had arrived."


def settle_told() -> int:
    """Record as accepted who is known to have had the mail. Returns how many people were settled."""
    waiting = DeliveryBatch.objects.filter(state=DeliveryBatch.State.OPEN, unknown_until__isnull=False)
    return sum(_settle(pk) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _settle(batch_id: int) -> int:
    # One that was leased meanwhile is in somebody's hands.
    rows = DeliveryBatch.objects.select_for_update(skip_locked=True)
    batch = rows.filter(pk=batch_id, state=DeliveryBatch.State.OPEN).first()
    told = told_of(batch.mailing_id, batch.recipient_ids) if batch else set()
    if batch is None or not told:
        return 0
    now = timezone.now()
    left = [one for one in batch.recipient_ids if one not in told]
    if left:
        batch.recipient_ids = left
    else:
        batch.state, batch.closed_at = DeliveryBatch.State.CLOSED, now
    batch.save(update_fields=["recipient_ids", "state", "closed_at"])
    append_events(
        [
            NewEvent(
                occurred_at=now,
                kind=EventKind.ACCEPTED,
                mailing_id=batch.mailing_id,
                recipient_id=recipient_id,
                mailbox_provider=batch.mailbox_provider,
                batch_id=batch.pk,
                provider_id=batch.provider_id,
                attempt=batch.attempt - 1,
                detail=_KNOWN,
            )
            for recipient_id in sorted(told)
        ]
    )
    return len(told)
