"""Suppresses addresses, and lifts a suppression when its person says so."""

from collections.abc import Iterable

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key
from deliverability.rules.addresses import normalise_address
from deliverability.types import Scope, SuppressionReason


def suppress(*, addresses: Iterable[str], scope: Scope, reason: SuppressionReason, evidence: str = "") -> None:
    """Suppress addresses in `scope`; an existing entry keeps its first reason."""
    rows = [
        Suppression(
            address_key=address_key(address),
            address=normalise_address(address),
            scope=scope,
            reason=reason,
            evidence=evidence[:2000],
        )
        for address in addresses
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def lift(*, address: str, scope: Scope, reason: SuppressionReason) -> bool:
    """Lift one suppression of exactly this scope and reason, as when somebody signs up anew. True if there was one."""
    deleted, _ = Suppression.objects.filter(address_key=address_key(address), scope=scope, reason=reason).delete()
    return deleted > 0
