"""Holds addresses, each reason in a row of its own, and lifts one reason when its person or the team says so."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db import connection
from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key
from deliverability.rules.addresses import normalise_address
from deliverability.types import NewSuppression, Scope, SuppressionReason

_AT_ONCE = 5_000
_LONGEST_EVIDENCE = 2_000
# The first evidence of a reason stays, unless its time is over, or the new one holds for longer. Sorted, so that two
# workers that hold the same people lock them in the same order.
_SUPPRESS = """
INSERT INTO deliverability_suppression AS standing
    (address_key, address, scope, target, reason, evidence, added_by, created_at, expires_at)
SELECT * FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[],
    %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (address_key, scope, target, reason) WHERE lifted_at IS NULL DO UPDATE SET
    created_at = CASE WHEN standing.expires_at <= %s THEN excluded.created_at ELSE standing.created_at END,
    evidence = excluded.evidence, added_by = excluded.added_by, expires_at = excluded.expires_at
WHERE standing.expires_at < coalesce(excluded.expires_at, 'infinity')
RETURNING xmax = 0
"""
_Row = tuple[bytes, str, str, int, str, str, str, datetime, datetime | None]


def suppress(
    *,
    addresses: Iterable[str],
    scope: Scope,
    reason: SuppressionReason,
    evidence: str = "",
    target: int = 0,
    added_by: str = "",
    expires_at: datetime | None = None,
) -> int:
    """Hold addresses for one reason, until `expires_at` or for good; returns how many were not held for it yet."""
    return suppress_many(
        NewSuppression(address, scope, reason, evidence, target, added_by, expires_at=expires_at)
        for address in addresses
    )


def suppress_many(entries: Iterable[NewSuppression]) -> int:
    """Hold many, each for its own reason; returns how many rows are new. A reason that stands keeps its evidence."""
    rest = iter(entries)
    return sum(_write(rows) for rows in iter(lambda: _rows(islice(rest, _AT_ONCE)), []))


def lift(*, address: str, scope: Scope, reason: SuppressionReason, by: str, why: str, target: int = 0) -> bool:
    """End one suppression of exactly this scope and reason, as when somebody signs up anew. True if there was one.

    Others of the address stand, and the lifted one stays on record.
    """
    standing = Suppression.objects.filter(
        address_key=address_key(address), scope=scope, target=target, reason=reason, lifted_at=None
    )
    return standing.update(lifted_at=timezone.now(), lifted_by=by[:200], lifted_why=why[:_LONGEST_EVIDENCE]) > 0


def lift_many(
    *, keys: Collection[bytes], scope: Scope, reason: SuppressionReason, by: str, why: str, target: int = 0
) -> int:
    """As `lift`, of many addresses by their keys; returns how many there were."""
    standing = Suppression.objects.filter(
        address_key__in=list(keys), scope=scope, target=target, reason=reason, lifted_at=None
    )
    return standing.update(lifted_at=timezone.now(), lifted_by=by[:200], lifted_why=why[:_LONGEST_EVIDENCE])


def _rows(entries: Iterator[NewSuppression]) -> list[_Row]:
    now = timezone.now()
    by_identity: dict[tuple[bytes, str, int, str], _Row] = {}
    for entry in entries:
        key = entry.key or address_key(entry.address)
        identity = (key, entry.scope.value, entry.target, entry.reason.value)
        by_identity[identity] = (
            key,
            normalise_address(entry.address),
            *identity[1:],
            entry.evidence[:_LONGEST_EVIDENCE],
            entry.added_by[:200],
            entry.since or now,
            entry.expires_at,
        )
    return [by_identity[identity] for identity in sorted(by_identity)]


def _write(rows: list[_Row]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SUPPRESS, [*map(list, zip(*rows, strict=True)), timezone.now()])
        return sum(is_new for (is_new,) in cursor.fetchall())
