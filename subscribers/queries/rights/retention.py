"""How long each kind of data is kept now: the team's choice, or what is shipped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from subscribers import conf
from subscribers.models import RetentionChoice
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.retention import RULES, RetentionRule

_CHOSEN_ELSEWHERE: dict[str, Callable[[], int]] = {
    "unconfirmed": lambda: permission_policy().unconfirmed_days,
    "import_undo": conf.undo_days,
    "held_rows": conf.held_days,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """`days` None: until somebody deletes it. `changed_by` is empty for what is shipped."""

    rule: RetentionRule
    days: int | None
    changed_by: str = ""
    changed_at: datetime | None = None


def kept_now() -> list[Kept]:
    """All kinds, in the order of the rules; two queries."""
    chosen = {choice.kind: choice for choice in RetentionChoice.objects.all()}
    found = []
    for rule in RULES:
        choice = chosen.get(rule.kind)
        if choice:
            found.append(Kept(rule, choice.days, choice.changed_by, choice.changed_at))
        elif rule.kind in _CHOSEN_ELSEWHERE:
            found.append(Kept(rule, _CHOSEN_ELSEWHERE[rule.kind]()))
        else:
            found.append(Kept(rule, rule.days))
    return found
