"""The team's permission policy: which addresses and which grounds it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from subscribers.rules.judgement import Judgement, Risk, judge_address
from subscribers.rules.jurisdictions import COUNTRIES, ELSEWHERE, CountryRule
from subscribers.types import Basis


class Handling(StrEnum):
    """`hold`: the person is kept and gets no marketing mail until somebody lets them go, under Suppressions."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class PermissionPolicy:
    """What the team has chosen, else what is shipped; `countries` holds a rule for each country that has its own."""

    role_accounts: Handling = Handling.ALLOW
    disposable: Handling = Handling.REFUSE
    reminder_hours: tuple[int, ...] = (24, 72)
    unconfirmed_days: int = 30
    countries: Mapping[str, CountryRule] = field(default_factory=lambda: COUNTRIES)

    @property
    def unconfirmed_for(self) -> timedelta:
        """How long a sign-up may wait for its confirmation."""
        return timedelta(days=self.unconfirmed_days)

    def rule_of(self, country: str) -> CountryRule:
        """`country` as ISO 3166 has it; empty where nobody declared one."""
        return self.countries.get(country.upper(), ELSEWHERE)

    def handling_of(self, risk: Risk | None) -> Handling:
        """A slip is for the person to mend, never a reason to turn them away."""
        if risk is Risk.DISPOSABLE:
            return self.disposable
        return self.role_accounts if risk is Risk.ROLE else Handling.ALLOW

    def why_not(self, basis: Basis, country: str) -> str:
        """Why this ground does not do for somebody of this country, in words; empty where it does."""
        rule = self.rule_of(country)
        if basis not in rule.bases:
            return f"The law of {country.upper()} does not know this ground ({rule.source})."
        if rule.double_opt_in and basis is Basis.EXPRESS:
            return f"Your policy asks for a double opt-in in {country.upper()} ({rule.source})."
        return ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an address: `address` is the form to keep, empty where it is refused; `reason` in words."""

    handling: Handling
    address: str
    judgement: Judgement

    @property
    def reason(self) -> str:
        return self.judgement.reason

    @property
    def risk(self) -> Risk | None:
        return self.judgement.risk


def judge_by_policy(policy: PermissionPolicy, text: str) -> Verdict:
    """The one judgement for sign-up pages, contacts added by hand and imports; without the network."""
    judged = judge_address(text)
    if not judged.accepted and judged.risk is None:
        return Verdict(Handling.REFUSE, "", judged)
    handling = policy.handling_of(judged.risk)
    return Verdict(handling, "" if handling is Handling.REFUSE else judged.address, judged)
