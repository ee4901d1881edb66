"""Changes the permission policy, and holds whom it says to hold."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.services.suppression_policy import hold_named
from deliverability.types import SuppressionReason
from subscribers.models import PermissionChoice
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.judgement import Risk
from subscribers.rules.policies import Handling, Verdict

HELD_BY = "permission policy"
_REASONS = {Risk.ROLE: SuppressionReason.ROLE_ACCOUNT, Risk.DISPOSABLE: SuppressionReason.TRAP_DOMAIN}


@transaction.atomic
def change_policy(
    *,
    actor: Actor,
    role_accounts: Handling,
    disposable: Handling,
    reminder_hours: Collection[int],
    unconfirmed_days: int,
) -> None:
    """For sign-ups, contacts and imports from now on; nobody known is touched. Raises PermissionRefused."""
    _keep(
        actor,
        role_accounts=role_accounts,
        disposable=disposable,
        reminder_hours=sorted(set(reminder_hours)),
        unconfirmed_days=unconfirmed_days,
    )
    record(actor=actor, text=f"Permission policy: role accounts {role_accounts}, disposable addresses {disposable}.")


@transaction.atomic
def change_country(*, actor: Actor, code: str, double_opt_in: bool, bases: Collection[str]) -> None:
    """Decide for one country otherwise than shipped. Raises PermissionRefused."""
    countries = {**_countries(), code: [double_opt_in, sorted(bases)]}
    _keep(actor, countries=countries)
    record(actor=actor, text=f"Permission policy of {code}: {', '.join(sorted(bases)) or 'nothing'}.")


@transaction.atomic
def forget_country(*, actor: Actor, code: str) -> None:
    """Back to what is shipped. Raises PermissionRefused."""
    _keep(actor, countries={key: said for key, said in _countries().items() if key != code})
    record(actor=actor, text=f"Permission policy of {code}: as shipped.")


def hold_by_verdict(verdict: Verdict) -> None:
    """Keep marketing mail from an address that the policy lets in and holds; not if a colleague let it go before."""
    if verdict.handling is Handling.HOLD and verdict.risk:
        hold_named([(verdict.address, _REASONS[verdict.risk], f"Your policy: {verdict.reason}")], by=HELD_BY)


def _countries() -> Mapping[str, Any]:
    chosen = PermissionChoice.objects.first()
    return chosen.countries if chosen else {}


def _keep(actor: Actor, **values: Any) -> None:
    require(actor, "subscribers.set_policy")
    shipped = {"reminder_hours": list(permission_policy().reminder_hours)}
    PermissionChoice.objects.update_or_create(
        pk=1,
        defaults={**values, "changed_by": str(actor)[:200]},
        create_defaults={**shipped, **values, "changed_by": str(actor)[:200]},
    )
