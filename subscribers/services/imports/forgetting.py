"""Lets go of what imports keep about people once it has served: how to undo them, and rows that were held."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from subscribers.models import HeldRow, ImportChunk, ImportRun

_CHANGED = "UPDATE subscribers_importchunk SET changed = changed - %s WHERE changed ? %s"


def old_undo(before: datetime) -> QuerySet[ImportChunk]:
    """What undoes imports that ended before then."""
    return ImportChunk.objects.filter(run__in=_ended(before))


def forget_undo(before: datetime) -> int:
    """How many chunks went."""
    return old_undo(before).delete()[0]


def old_held_rows(before: datetime) -> QuerySet[HeldRow]:
    return HeldRow.objects.filter(run__in=_ended(before))


def forget_held_rows(before: datetime) -> int:
    """How many rows went."""
    return old_held_rows(before).delete()[0]


def _ended(before: datetime) -> QuerySet[ImportRun]:
    dated = ImportRun.objects.exclude(state=ImportRun.State.UNDOING).alias(day=Coalesce("finished_at", "started_at"))
    return dated.filter(day__lt=before)


@transaction.atomic
def forget_in_imports(*, contact_id: int, address_key: bytes) -> None:
    """Drop what imports keep about one person, who is being erased: former values, and rows of their address."""
    HeldRow.objects.filter(address_key=address_key).delete()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [str(contact_id), str(contact_id)])
