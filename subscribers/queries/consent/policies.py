"""The permission policy that stands now."""

from dataclasses import replace

from subscribers.models import PermissionChoice
from subscribers.rules.jurisdictions import COUNTRIES, ELSEWHERE, CountryRule
from subscribers.rules.policies import Handling, PermissionPolicy
from subscribers.types import Basis


def permission_policy() -> PermissionPolicy:
    """What the team has chosen, or what is shipped as long as nobody has; one query."""
    chosen = PermissionChoice.objects.first()
    if chosen is None:
        return PermissionPolicy()
    return PermissionPolicy(
        role_accounts=Handling(chosen.role_accounts),
        disposable=Handling(chosen.disposable),
        reminder_hours=tuple(chosen.reminder_hours),
        unconfirmed_days=chosen.unconfirmed_days,
        countries={**COUNTRIES, **{code: _rule(code, *said) for code, said in chosen.countries.items()}},
    )


def _rule(code: str, double_opt_in: bool, bases: list[str]) -> CountryRule:
    shipped = COUNTRIES.get(code, ELSEWHERE)
    return replace(shipped, double_opt_in=double_opt_in, bases=frozenset(Basis(basis) for basis in bases))
