"""Deletes journals that no batch needs any more, left by workers that died between closing a batch and tidying up."""

from deliverability.models import DeliveryBatch
from deliverability.services.journal import open_store


def sweep_journals() -> int:
    """Delete the journals of batches that are closed or gone. Returns how many."""
    store = open_store()
    kept = list(store.batch_epochs())
    needed = set(
        DeliveryBatch.objects.filter(pk__in={batch_id for batch_id, _ in kept})
        .exclude(state=DeliveryBatch.State.CLOSED)
        .values_list("pk", flat=True)
    )
    orphans = [(batch_id, epoch) for batch_id, epoch in kept if batch_id not in needed]
    for batch_id, epoch in orphans:
        store.delete(batch_id, epoch)
    return len(orphans)
