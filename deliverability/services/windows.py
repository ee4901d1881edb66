"""Keeps batches to the hours at which their people may get mail: each night they are moved to the next morning."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from deliverability.models import DeliveryBatch
from deliverability.types import Window

_WAITING = (DeliveryBatch.State.HELD.value, DeliveryBatch.State.OPEN.value)
_MOVE = """
UPDATE deliverability_deliverybatch batch
SET opens_at = clock.opens_at, closes_at = clock.closes_at, due_at = greatest(batch.due_at, clock.opens_at)
FROM unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) AS clock (zone, opens_at, closes_at)
WHERE batch.zone = clock.zone AND batch.state = ANY (%s) AND batch.state < 2
    AND (batch.opens_at, batch.closes_at) IS DISTINCT FROM (clock.opens_at, clock.closes_at)
"""


def waiting_zones() -> list[str]:
    """Where the clocks stand by which batches wait or may have to."""
    waiting = DeliveryBatch.objects.filter(state__in=_WAITING, state__lt=2).exclude(zone="")
    return sorted(waiting.order_by().values_list("zone", flat=True).distinct())


def move_windows(*, windows: Mapping[str, Window]) -> int:
    """Give the batches of each zone that wait their present or next window. Returns how many got another one."""
    found = list(windows.values())
    opens, closes = [each.opens_at for each in found], [each.closes_at for each in found]
    values: list[Any] = [list(windows), opens, closes, list(_WAITING)]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        return int(cursor.rowcount)


def lift_windows() -> int:
    """From now on mail may leave at any hour; what waited for its morning is due at once. Returns how many batches."""
    now = timezone.now()
    waiting = DeliveryBatch.objects.filter(state__in=_WAITING, state__lt=2).exclude(zone="")
    waiting.filter(due_at=F("opens_at"), due_at__gt=now).update(due_at=now)
    return waiting.update(zone="", opens_at=None, closes_at=None)
