"""What a list's days say: weeks, a forecast that admits what it does not know, and what is worth a sentence."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FORECAST_DAYS = 90
LEAST_WEEKS = 6
MOST_WEEKS = 12
# Student's t for an interval that holds 8 times in 10, by degrees of freedom from 5 (Abramowitz & Stegun, table 26.10).
_T_80 = {5: 1.476, 6: 1.440, 7: 1.415, 8: 1.397, 9: 1.383, 10: 1.372, 11: 1.363}


class Won(StrEnum):
    """How people came; the words are the columns of `ListDay`."""

    BY_THEMSELVES = "by_themselves"
    BY_IMPORT = "by_import"
    BY_API = "by_api"
    BY_HAND = "by_hand"
    CAME_BACK = "came_back"


class Lost(StrEnum):
    """How people went."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    HARD_BOUNCED = "hard_bounced"
    SOFT_BOUNCED = "soft_bounced"
    FELL_SILENT = "fell_silent"
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    people: int
    won: dict[Won, int]
    lost: dict[Lost, int]


@dataclass(frozen=True, slots=True)
class Span:
    """Several days together."""

    start: date
    won: dict[Won, int]
    lost: dict[Lost, int]

    @property
    def all_won(self) -> int:
        return sum(self.won.values())

    @property
    def all_lost(self) -> int:
        return sum(self.lost.values())

    @property
    def net(self) -> int:
        return self.all_won - self.all_lost

    @property
    def all_won_singly(self) -> int:
        """Without imports, which come once and tell nothing of how a list lives."""
        return self.all_won - self.won[Won.BY_IMPORT]

    @property
    def net_singly(self) -> int:
        return self.all_won_singly - self.all_lost


@dataclass(frozen=True, slots=True)
class Forecast:
    """People in 90 days: the likeliest number, and between which two it comes to lie 8 times in 10."""

    likely: int
    low: int
    high: int
    weeks: int


def span_of(days: Sequence[Day]) -> Span:
    return Span(
        days[0].day if days else date.min,
        {kind: sum(day.won[kind] for day in days) for kind in Won},
        {kind: sum(day.lost[kind] for day in days) for kind in Lost},
    )


def weeks_of(days: Sequence[Day]) -> list[Span]:
    """Whole weeks that end with the last day, oldest first; days that fill no week are left out."""
    first = len(days) % 7
    return [span_of(days[start : start + 7]) for start in range(first, len(days), 7)]


def forecast(people: int, weeks: Sequence[Span]) -> Forecast | None:
    """None with fewer than six weeks to go by.

    The weeks to come are taken for draws from the same well as the last twelve: their sum is normal around its mean,
    and the mean itself is only estimated, which widens the interval (variance h·s² + h²·s²/n for h weeks ahead of n).
    Imports are left out: they come once, and nobody knows whether there will be another.
    """
    nets = [week.net_singly for week in weeks[-MOST_WEEKS:]]
    count, ahead = len(nets), FORECAST_DAYS / 7
    if count < LEAST_WEEKS:
        return None
    mean = sum(nets) / count
    variance = sum((net - mean) ** 2 for net in nets) / (count - 1)
    reach = _T_80[count - 1] * math.sqrt(variance * (ahead + ahead**2 / count))
    likely = people + mean * ahead
    low, middle, high = (max(0, round(value)) for value in (likely - reach, likely, likely + reach))
    return Forecast(middle, low, high, count)


class Finding(StrEnum):
    SHRINKING = "shrinking"
    GROWING = "growing"
    STEADY = "steady"
    ONE_CAUSE = "one_cause"
    IMPORTED = "imported"
    BOUNCING = "bouncing"
    COMPLAINING = "complaining"
    SLEEPING = "sleeping"


def findings(*, people: int, seen: int, active: int, weeks: Sequence[Span]) -> list[Finding]:
    """What is worth a sentence of the last four weeks, the gravest first; `active` of `seen`, of whom it may be
    known, clicked or opened in 90 days."""
    last = weeks[-4:]
    singly, imported = sum(week.all_won_singly for week in last), sum(week.won[Won.BY_IMPORT] for week in last)
    lost = sum(week.all_lost for week in last)
    causes = {kind: sum(week.lost[kind] for week in last) for kind in Lost}
    bounced = causes[Lost.HARD_BOUNCED] + causes[Lost.SOFT_BOUNCED]
    losing = sum(week.net_singly < 0 for week in last)
    found = {
        Finding.SHRINKING: losing >= 2 and lost > singly,
        # Above this Gmail and Yahoo begin to put mail aside (sender guidelines, February 2024): 0.1 %.
        Finding.COMPLAINING: causes[Lost.COMPLAINED] >= 3 and causes[Lost.COMPLAINED] > 0.001 * people,
        Finding.BOUNCING: bounced >= 10 and bounced > 0.02 * people,
        Finding.ONE_CAUSE: lost >= 10 and any(causes[kind] > 0.6 * lost for kind in Lost if kind != Lost.UNSUBSCRIBED),
        Finding.IMPORTED: imported >= 10 and imported > singly,
        Finding.SLEEPING: seen >= 100 and active < 0.25 * seen,
        Finding.GROWING: singly > lost and losing < 2,
        Finding.STEADY: singly == imported == lost == 0,
    }
    return [finding for finding, holds in found.items() if holds]
