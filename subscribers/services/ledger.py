"""Keeps the consent ledger provable: signs where its chains stand, and erases entries with a trace."""

import structlog
from django.db import connection, transaction
from django.utils import timezone

from subscribers.models import ConsentCheckpoint, ConsentErasure, ConsentRecord
from subscribers.queries.consent.ledger_proof import LedgerProof, chain_heads, signature_of, verify_ledger

log = structlog.get_logger()


def prove_ledger() -> LedgerProof:
    """Verify all entries as they stand at one moment, while others append."""
    with transaction.atomic():
        # Inside another transaction, what that one sees is the moment.
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return verify_ledger()


@transaction.atomic
def take_checkpoint() -> ConsentCheckpoint | None:
    """Sign where the chains stand now; None where nothing was appended since the last time.

    The signature goes to the log too, which leaves the database's reach.
    """
    last = ConsentCheckpoint.objects.order_by("pk").last()
    taken_at, heads = timezone.now(), chain_heads()
    if heads == (last.heads if last else {}):
        return None
    seals = sum(number for number, _ in heads.values())
    before = bytes(last.signature) if last else b""
    signature = signature_of(taken_at.timestamp(), seals, heads, before)
    checkpoint = ConsentCheckpoint.objects.create(taken_at=taken_at, seals=seals, heads=heads, signature=signature)
    log.info("consent ledger checkpoint", checkpoint=checkpoint.pk, seals=seals, signature=signature.hex())
    return checkpoint


@transaction.atomic
def erase_entries(*, contact_id: int, actor: str, reason: str) -> int:
    """Delete a person's entries because they have the right to it; returns how many.

    Numbers, the actor and the reason stay, so that the ledger still proves the others. Nothing may hang on the
    entries any more: take the subscriptions first.
    """
    entries = ConsentRecord.objects.filter(contact=contact_id)
    ConsentErasure.objects.bulk_create(
        ConsentErasure(record_id=record_id, actor=actor[:200], reason=reason[:500])
        for record_id in entries.values_list("pk", flat=True)
    )
    deleted, _ = entries.delete()
    return deleted
