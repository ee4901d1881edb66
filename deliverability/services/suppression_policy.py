"""Holds role accounts and likely traps by policy, and changes what the policy says."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import Suppression, SuppressionPolicy
from deliverability.queries.suppression_policy import suppression_policy
from deliverability.queries.suppressions import address_key, live
from deliverability.rules.holding import held_because
from deliverability.services.suppression import suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason

_BY_POLICY = (SuppressionReason.ROLE_ACCOUNT, SuppressionReason.TRAP_DOMAIN)
_LET_GO = "The policy does not hold it any more."


def hold_by_policy(addresses: Iterable[str]) -> int:
    """Hold those of the addresses that the policy names, for marketing; returns how many are new.

    One that a colleague has let go by hand is not held a second time.
    """
    policy = suppression_policy()
    return hold_named([(address, *held) for address in addresses if (held := held_because(policy, address))])


def hold_named(found: Collection[tuple[str, SuppressionReason, str]], *, by: str = "") -> int:
    """Hold addresses for marketing, each with its reason and evidence; returns how many are new.

    `by` names another policy than ours: a change of ours then lets none of them go.
    """
    excepted = _excepted([address for address, _, _ in found])
    return suppress_many(
        NewSuppression(address, Scope.MARKETING, reason, evidence, added_by=by)
        for address, reason, evidence in found
        if address_key(address) not in excepted
    )


@transaction.atomic
def change_policy(*, actor: Actor, role_accounts: Collection[str], trap_domains: Collection[str]) -> None:
    """Takes effect at once for addresses that it held and no longer names; raises PermissionRefused.

    Whoever knows people calls `hold_by_policy` for those whom it names from now on.
    """
    require(actor, "deliverability.manage")
    SuppressionPolicy.objects.update_or_create(
        pk=1, defaults={"role_accounts": sorted(role_accounts), "trap_domains": sorted(trap_domains)}
    )
    policy = suppression_policy()
    held = Suppression.objects.filter(live(), reason__in=_BY_POLICY, added_by="").exclude(address="")
    gone = [
        key for key, address in held.values_list("pk", "address").iterator() if held_because(policy, address) is None
    ]
    Suppression.objects.filter(pk__in=gone).update(
        lifted_at=timezone.now(), lifted_by=str(actor)[:200], lifted_why=_LET_GO
    )
    record(
        actor=actor,
        text=f"Changed the suppression policy: {len(role_accounts)} role accounts, {len(trap_domains)} domains.",
    )


def _excepted(addresses: Collection[str]) -> set[bytes]:
    let_go = Suppression.objects.filter(
        address_key__in=[address_key(address) for address in addresses],
        reason__in=_BY_POLICY,
        lifted_at__isnull=False,
    ).exclude(lifted_why=_LET_GO)
    return {bytes(key) for key in let_go.values_list("address_key", flat=True)}
