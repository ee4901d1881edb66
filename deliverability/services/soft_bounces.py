"""Counts mail that came back for now; an address that it happens to again and again is rested, not given up."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from deliverability.models import SoftBounce
from deliverability.queries.suppressions import address_key
from deliverability.rules.soft_bounces import FORGET_AFTER, REST, is_enough
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason

_COUNT = """
INSERT INTO deliverability_softbounce AS known (address_key, total, last_at) VALUES (%s, 1, %s)
ON CONFLICT (address_key) DO UPDATE
SET total = CASE WHEN known.last_at < %s THEN 1 ELSE known.total + 1 END, last_at = EXCLUDED.last_at
RETURNING total
"""


def count_soft_bounces(*, bounces: Iterable[tuple[str, str]]) -> list[str]:
    """Count (address, the server's words) each; returns the addresses that had enough and rest now.

    Joins the open transaction. A count is forgotten when the last bounce is a month old.
    """
    now = timezone.now()
    rested = []
    with connection.cursor() as cursor:
        # Sorted, so that two workers lock common addresses in one order.
        for key, address, words in sorted((address_key(address), address, words) for address, words in bounces):
            cursor.execute(_COUNT, [key, now, now - FORGET_AFTER])
            [total] = cursor.fetchone()
            if is_enough(total, words):
                _rest(key, address, f"Came back for now {total} times, the last time: {words}", now + REST)
                rested.append(address)
    return rested


def old_soft_bounces(before: datetime) -> QuerySet[SoftBounce]:
    """`before` reaches further back than FORGET_AFTER: what is younger still counts."""
    return SoftBounce.objects.filter(last_at__lt=before)


def forget_soft_bounces(before: datetime) -> int:
    """Returns how many counts were dropped."""
    deleted, _ = old_soft_bounces(before).delete()
    return deleted


def _rest(key: bytes, address: str, evidence: str, until: datetime) -> None:
    suppress(
        addresses=[address],
        scope=Scope.EVERYTHING,
        reason=SuppressionReason.SOFT_BOUNCE,
        evidence=evidence,
        expires_at=until,
    )
    SoftBounce.objects.filter(address_key=key).delete()
