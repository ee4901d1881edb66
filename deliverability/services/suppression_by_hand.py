"""Suppressions that a member of the team sets and lifts, with a reason that stays on record."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import SuppressionRefused
from deliverability.models import Suppression
from deliverability.rules.lifting import why_not_liftable
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason

_NAMES = {
    Scope.EVERYTHING: "all mail",
    Scope.MARKETING: "marketing mail",
    Scope.TRANSACTIONAL: "transactional mail",
    Scope.STREAM: "one stream",
    Scope.TOPIC: "one list",
}


def suppress_by_hand(*, actor: Actor, addresses: Collection[str], scope: Scope, why: str, target: int = 0) -> None:
    """Suppress addresses for good. Raises SuppressionRefused, PermissionRefused."""
    require_keeper(actor)
    why = why.strip()
    if not addresses or not why:
        raise SuppressionRefused("Nobody was suppressed: name at least one address, and say why.")
    with transaction.atomic():
        suppress(
            addresses=addresses,
            scope=scope,
            target=target,
            reason=SuppressionReason.MANUAL,
            evidence=why,
            added_by=str(actor),
        )
        whom = next(iter(addresses)) if len(addresses) == 1 else f"{len(addresses):,} addresses"
        record(actor=actor, text=f"Suppressed {whom} for {_NAMES[scope]}: {why}")


def lift_by_hand(*, actor: Actor, suppression_id: int, why: str) -> None:
    """End one reason for which an address is held; others of the address stand, and this one stays on record.

    Raises SuppressionRefused where that is not the team's to decide, and PermissionRefused: a complaint is lifted by
    who manages delivery.
    """
    require_keeper(actor)
    why = why.strip()
    with transaction.atomic():
        found = Suppression.objects.select_for_update().filter(pk=suppression_id, lifted_at=None).first()
        if found is None or found.is_over:
            raise SuppressionRefused("This suppression is over already, so there was nothing to lift.")
        reason = SuppressionReason(found.reason)
        if refusal := why_not_liftable(reason, found.address):
            raise SuppressionRefused(f"{refusal} Nothing was changed.")
        if reason == SuppressionReason.COMPLAINT:
            require(actor, "deliverability.manage")
        if not why:
            raise SuppressionRefused("Say why mail may reach this address again. Nothing was changed.")
        found.lifted_at, found.lifted_by, found.lifted_why = timezone.now(), str(actor)[:200], why
        found.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
        record(actor=actor, text=f"Lifted the suppression of {found.address or 'an erased address'} ({reason}): {why}")


def require_keeper(actor: Actor) -> None:
    """Who cares for delivery may, and who cares for contacts. Raises PermissionRefused."""
    if not actor.has_perm("deliverability.manage"):
        require(actor, "subscribers.edit")
