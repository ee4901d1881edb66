"""Suppressions that a member of the team sets and lifts, with a reason that stays on record."""

from collections.abc import Collection

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import SuppressionRefused
from deliverability.models import Suppression
from deliverability.rules.lifting import LIFTABLE, WHY_NOT
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason

_NAMES = {
    Scope.EVERYTHING: "all mail",
    Scope.MARKETING: "marketing mail",
    Scope.TRANSACTIONAL: "transactional mail",
}


def suppress_by_hand(*, actor: Actor, addresses: Collection[str], scope: Scope, why: str) -> None:
    """Suppress addresses for good. Raises SuppressionRefused, PermissionRefused."""
    _require(actor)
    why = why.strip()
    if not addresses or not why:
        raise SuppressionRefused("Nobody was suppressed: name at least one address, and say why.")
    with transaction.atomic():
        suppress(
            addresses=addresses, scope=scope, reason=SuppressionReason.MANUAL, evidence=f"{why} (by {actor})"[:2000]
        )
        whom = next(iter(addresses)) if len(addresses) == 1 else f"{len(addresses):,} addresses"
        record(actor=actor, text=f"Suppressed {whom} for {_NAMES[scope]}: {why}")


def lift_by_hand(*, actor: Actor, suppression_id: int, why: str) -> None:
    """Let mail reach an address again. Raises SuppressionRefused where that is not the team's to decide, and
    PermissionRefused."""
    _require(actor)
    why = why.strip()
    with transaction.atomic():
        found = Suppression.objects.select_for_update().filter(pk=suppression_id).first()
        if found is None:
            raise SuppressionRefused("This suppression is gone already, so there was nothing to lift.")
        reason = SuppressionReason(found.reason)
        if reason not in LIFTABLE:
            raise SuppressionRefused(WHY_NOT[reason])
        if not why:
            raise SuppressionRefused("Say why mail may reach this address again. Nothing was changed.")
        found.delete()
        record(actor=actor, text=f"Lifted the suppression of {found.address or 'an erased address'} ({reason}): {why}")


def _require(actor: Actor) -> None:
    """Who cares for delivery may, and who cares for contacts."""
    if not actor.has_perm("deliverability.manage"):
        require(actor, "subscribers.edit")
