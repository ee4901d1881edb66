"""Suppresses addresses, and lifts a suppression when its person says so."""

from collections.abc import Iterable

from django.db import connection

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key
from deliverability.rules.addresses import normalise_address
from deliverability.types import Scope, SuppressionReason

# The lightest first. Somebody who complained after unsubscribing must not come back by signing up again, so the
# graver reason stays; and an entry whose time is over counts for nothing.
_GRAVITY = (
    SuppressionReason.UNSUBSCRIBE,
    SuppressionReason.MANUAL,
    SuppressionReason.HARD_BOUNCE,
    SuppressionReason.COMPLAINT,
    SuppressionReason.ERASURE,
)
_SUPPRESS = """
INSERT INTO deliverability_suppression (address_key, address, scope, reason, evidence, created_at)
VALUES (%s, %s, %s, %s, %s, now())
ON CONFLICT (address_key, scope) DO UPDATE SET reason = EXCLUDED.reason, evidence = EXCLUDED.evidence,
    address = EXCLUDED.address, created_at = EXCLUDED.created_at, expires_at = NULL
WHERE deliverability_suppression.expires_at <= now()
    OR array_position(%s, deliverability_suppression.reason::text) < array_position(%s, EXCLUDED.reason::text)
"""


def suppress(*, addresses: Iterable[str], scope: Scope, reason: SuppressionReason, evidence: str = "") -> None:
    """Suppress addresses in `scope` for good; a standing entry gives way only to a graver reason."""
    gravity = [word.value for word in _GRAVITY]
    by_key = {address_key(address): normalise_address(address) for address in addresses}
    # Sorted, so that two workers that suppress the same people lock them in the same order.
    rows = [
        (key, address, scope.value, reason.value, evidence[:2000], gravity, gravity)
        for key, address in sorted(by_key.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_SUPPRESS, rows)


def lift(*, address: str, scope: Scope, reason: SuppressionReason) -> bool:
    """Lift one suppression of exactly this scope and reason, as when somebody signs up anew. True if there was one."""
    deleted, _ = Suppression.objects.filter(address_key=address_key(address), scope=scope, reason=reason).delete()
    return deleted > 0
