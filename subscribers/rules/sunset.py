"""When silence is answered, and how: fewer mails first, then a few that ask, then none. Nobody is ever deleted.

Numbers as shipped are our own, within what the field does (90 to 180 days without a reaction).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """What somebody's silence has come to with one list."""

    REDUCE = "reduce"
    WIN_BACK = "win_back"
    SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True)
class Pace:
    """Days of silence after which each step begins, on a list that writes so often.

    `gap_days` lie between two mails to somebody reduced, `win_back_gap_days` to somebody who is being won back.
    """

    reduce_days: int
    win_back_days: int
    suppress_days: int
    gap_days: int
    win_back_gap_days: int = 7


PACES: Mapping[str, Pace] = {
    "daily": Pace(60, 90, 120, gap_days=7),
    "weekly": Pace(90, 120, 180, gap_days=30),
    "monthly": Pace(120, 180, 365, gap_days=60),
}
# The most patient one, for lists of which nobody has said how often they write.
USUAL = "monthly"
# For lists that the policy leaves alone.
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Policy:
    """`least_mails` since the last sign of life come before any step, whatever the days; `never_mails` more strictly
    where somebody never reacted at all. Nobody is suppressed before `win_back_mails` asked them. Whoever did one of
    `purchases` within `buyer_days` is left alone."""

    is_on: bool = False
    least_mails: int = 10
    never_mails: int = 8
    never_win_back_days: int = 30
    never_suppress_days: int = 60
    win_back_mails: int = 2
    buyer_days: int = 90
    purchases: tuple[str, ...] = ("ordered",)
    paces: Mapping[str, Pace] = field(default_factory=lambda: PACES)
    lists: Mapping[int, str] = field(default_factory=dict)

    def pace_of(self, list_id: int) -> Pace | None:
        """None where this list is left alone."""
        return self.paces.get(self.lists.get(list_id, USUAL))


SHIPPED = Policy()


def what_is_wrong(policy: Policy) -> str:
    """In words; empty where the steps follow each other."""
    for name, pace in policy.paces.items():
        if not 0 < pace.reduce_days < pace.win_back_days < pace.suppress_days:
            return f"On {name} lists each step must begin later than the one before."
        if min(pace.gap_days, pace.win_back_gap_days) < 1:
            return f"On {name} lists at least a day must lie between two mails."
        needed = pace.win_back_gap_days * policy.win_back_mails
        if needed > pace.suppress_days - pace.win_back_days:
            return f"On {name} lists {policy.win_back_mails} mails do not fit between winning back and suppressing."
    if not 0 < policy.never_win_back_days < policy.never_suppress_days:
        return "For people who never reacted, suppressing must come later than winning back."
    if policy.least_mails < 5:
        return "Fewer than five mails tell nothing about anybody."
    return ""
