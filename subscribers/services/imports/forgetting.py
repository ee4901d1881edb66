"""Lets go of what imports keep about people once it has served: how to undo them, and rows that were held."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from subscribers import conf
from subscribers.models import HeldRow, ImportChunk, ImportRun

_CHANGED = "UPDATE subscribers_importchunk SET changed = changed - %s WHERE changed ? %s"


def forget_old_imports(*, now: datetime | None = None) -> int:
    """Drop what undoes imports of more than 30 days ago, and rows held more than 90 days ago. How many rows."""
    moment = now or timezone.now()
    undone_till, held_till = (moment - timedelta(days=days) for days in (conf.undo_days(), conf.held_days()))
    dated = ImportRun.objects.exclude(state=ImportRun.State.UNDOING).alias(day=Coalesce("finished_at", "started_at"))
    chunks, _ = ImportChunk.objects.filter(run__in=dated.filter(day__lt=undone_till)).delete()
    rows, _ = HeldRow.objects.filter(run__in=dated.filter(day__lt=held_till)).delete()
    return chunks + rows


@transaction.atomic
def forget_in_imports(*, contact_id: int, address_key: bytes) -> None:
    """Drop what imports keep about one person, who is being erased: former values, and rows of their address."""
    HeldRow.objects.filter(address_key=address_key).delete()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [str(contact_id), str(contact_id)])
