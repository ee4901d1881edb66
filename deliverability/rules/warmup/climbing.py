"""Where a mailbox provider stands on its curve from one day to the next."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from deliverability.rules.warmup.judging import Verdict

FIRST_WEEK = 7
# Week one reaches a tenth of the list at most; being the most engaged, they open and do not complain.
FIRST_WEEK_SHARE = 0.10
# Mailbox providers forget a sender within about a month.
REST_DAYS = 30
STRIKES = 2
# Complaints about what was sent trickle in for days. Whoever is paused again needs longer.
PAUSE_DAYS = (3, 7)
EVIDENCE_DAYS = 7


class Phase(StrEnum):
    WARMING = "warming"
    PAUSED = "paused"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mailbox provider stands at the beginning of a day; the fields mean what `models.WarmupDay` says."""

    climbs_since: date
    clean_since: date
    phase: Phase = Phase.WARMING
    step: int = 0
    strikes: int = 0
    pauses: int = 0
    resumes_on: date | None = None

    def evidence_since(self, day: date) -> date:
        return max(self.clean_since, day - timedelta(days=EVIDENCE_DAYS - 1))


@dataclass(frozen=True, slots=True)
class Climb:
    """What a plan says about one mailbox provider. `people`: how many of its list are there, None when unknown."""

    steps: Sequence[int]
    hours: int
    is_engaged_first: bool = True
    people: int | None = None

    def cap(self, place: Place, day: date) -> int | None:
        """Messages that may leave on that day; None when there is no limit any more."""
        if place.phase == Phase.WARM:
            return None
        if place.phase == Phase.PAUSED:
            return 0
        return min(self.steps[place.step], self._first_week_level(place, day))

    def is_held_by_first_week(self, place: Place, day: date, *, is_last: bool) -> bool:
        """Whether the tenth of the list, not the step, sets that day's cap, or no step is left to bound the next."""
        if place.phase != Phase.WARMING or self.people is None:
            return False
        if is_last and _is_first_week(place, day + timedelta(days=1)):
            return True
        return self._first_week_level(place, day) < self.steps[place.step]

    def hourly_cap(self, cap: int | None) -> int | None:
        return None if cap is None else math.ceil(cap / self.hours)

    def is_engaged_only(self, place: Place, day: date) -> bool:
        return self.is_engaged_first and place.phase == Phase.WARMING and _is_first_week(place, day)

    def _first_week_level(self, place: Place, day: date) -> int:
        """The most that any day of week one may bring so that all of them together stay within a tenth of the list."""
        if self.people is None or not _is_first_week(place, day):
            return max(self.steps)
        left, days = self.people * FIRST_WEEK_SHARE, FIRST_WEEK
        # A curve of fewer days stays at its last step until the week is over.
        for step in [*self.steps, *[self.steps[-1]] * FIRST_WEEK][:FIRST_WEEK]:
            if step * days >= left:
                return max(1, int(left / days))
            left, days = left - step, days - 1
        return max(self.steps)


def begin(day: date) -> Place:
    """The foot of the curve."""
    return Place(climbs_since=day, clean_since=day)


def step_down(place: Place, steps: Sequence[int]) -> int:
    """The highest step that allows at most half of the present one."""
    present = steps[min(place.step, len(steps) - 1)]
    return max((step for step, cap in enumerate(steps) if cap * 2 <= present), default=0)


def follow(place: Place, verdict: Verdict, climb: Climb, *, tomorrow: date, idle_days: int) -> tuple[Place, str]:
    """The place of the day after one with this verdict, and what changes, in words. `idle_days`: nothing sent since."""
    if idle_days >= REST_DAYS and place.phase != Phase.PAUSED:
        return begin(tomorrow), f"Nothing was sent for {idle_days} days, so it starts again at the foot of the curve."
    if place.phase == Phase.PAUSED:
        return _wait(place, climb, tomorrow)
    if place.phase == Phase.WARM or verdict == Verdict.PAUSED:
        return place, ""
    if verdict == Verdict.HEALTHY:
        return _rise(place, climb, tomorrow)
    if verdict == Verdict.LITTLE:
        return place, _say_next(place, climb, tomorrow)
    return _fall(place, verdict, climb, tomorrow)


def _rise(place: Place, climb: Climb, tomorrow: date) -> tuple[Place, str]:
    is_last = place.step + 1 >= len(climb.steps)
    if climb.is_held_by_first_week(place, tomorrow - timedelta(days=1), is_last=is_last):
        kept = replace(place, strikes=0)
        return kept, f"Week one reaches a tenth of the list. {_say_next(kept, climb, tomorrow)}"
    if is_last:
        return replace(place, phase=Phase.WARM, strikes=0), "It is warm now: no limit any more."
    risen = replace(place, step=place.step + 1, strikes=0)
    return risen, _say_next(risen, climb, tomorrow)


def _fall(place: Place, verdict: Verdict, climb: Climb, tomorrow: date) -> tuple[Place, str]:
    """Hold at a spike, step back from a severe one, pause at the second in a row."""
    strikes, lower = place.strikes + 1, step_down(place, climb.steps)
    if strikes >= STRIKES:
        days = PAUSE_DAYS[min(place.pauses, len(PAUSE_DAYS) - 1)]
        until = tomorrow + timedelta(days=days)
        paused = replace(place, phase=Phase.PAUSED, step=lower, strikes=0, pauses=place.pauses + 1, resumes_on=until)
        return paused, (
            f"That is the second unhealthy day in a row: nothing leaves for {days} days, and on {until:%-d %B} it goes "
            "on with half."
        )
    if verdict == Verdict.HELD:
        held = replace(place, strikes=strikes, clean_since=tomorrow)
        return held, _say_next(held, climb, tomorrow)
    fallen = replace(place, step=lower, strikes=strikes, clean_since=tomorrow)
    return fallen, f"That is a step back. {_say_next(fallen, climb, tomorrow)}"


def _wait(place: Place, climb: Climb, tomorrow: date) -> tuple[Place, str]:
    if place.resumes_on is None or tomorrow < place.resumes_on:
        return place, ""
    resumed = replace(place, phase=Phase.WARMING, resumes_on=None, clean_since=tomorrow)
    return resumed, f"The pause is over. {_say_next(resumed, climb, tomorrow)}"


def _say_next(place: Place, climb: Climb, tomorrow: date) -> str:
    return f"The next day allows {climb.cap(place, tomorrow):,}."


def _is_first_week(place: Place, day: date) -> bool:
    return (day - place.climbs_since).days < FIRST_WEEK
