"""What a list's days say."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from subscribers.rules.health import Day, Finding, Forecast, Lost, Span, Won, findings, forecast, span_of, weeks_of

MONDAY = date(2026, 8, 31)
NOTHING_WON, NOTHING_LOST = dict.fromkeys(Won, 0), dict.fromkeys(Lost, 0)


def day(number: int, won: int = 0, lost: int = 0) -> Day:
    return Day(
        MONDAY + timedelta(days=number),
        1_000,
        NOTHING_WON | {Won.BY_THEMSELVES: won},
        NOTHING_LOST | {Lost.UNSUBSCRIBED: lost},
    )


def week(won: int = 0, lost: int = 0, *, imported: int = 0, **causes: int) -> Span:
    won_by = NOTHING_WON | {Won.BY_THEMSELVES: won, Won.BY_IMPORT: imported}
    return Span(MONDAY, won_by, NOTHING_LOST | {Lost.UNSUBSCRIBED: lost} | {Lost(key): n for key, n in causes.items()})


def test_weeks_are_whole_and_end_with_the_last_day() -> None:
    weeks = weeks_of([day(number, won=1, lost=number) for number in range(16)])
    assert [(each.start.day, each.all_won, each.all_lost) for each in weeks] == [(2, 7, 35), (9, 7, 84)]
    assert weeks_of([day(0)]) == []
    assert span_of([]).net == 0


def test_a_forecast_needs_six_weeks() -> None:
    assert forecast(1_000, [week(won=10)] * 5) is None
    assert forecast(1_000, [week(won=10)] * 6) == Forecast(1_129, 1_129, 1_129, 6)


def test_the_interval_widens_with_the_scatter_and_never_falls_below_nobody() -> None:
    steady = forecast(1_000, [week(won=11), week(won=9)] * 6)
    wild = forecast(1_000, [week(won=60), week(lost=40)] * 6)
    assert steady is not None
    assert wild is not None
    assert steady.likely == wild.likely == 1_129
    assert steady.high - steady.low < 20
    # s = 52.22 and 12.86 weeks ahead of 12: 1.363 · s · √(12.86 + 12.86²/12) = 367.4
    assert (wild.low, wild.high) == (761, 1_496)
    falling = forecast(100, [week(lost=50)] * 6)
    assert falling is not None
    assert falling.low == falling.likely == 0


def test_the_interval_holds_as_often_as_it_says() -> None:
    chance = random.Random(5)
    held = 0
    for _ in range(1_000):
        nets = [round(chance.gauss(10, 30)) for _ in range(12)]
        found = forecast(100_000, [week(won=max(net, 0), lost=max(-net, 0)) for net in nets])
        assert found is not None
        future = 100_000 + sum(chance.gauss(10, 30) for _ in range(12)) + chance.gauss(10, 30) * 0.857
        held += found.low <= future <= found.high
    assert 0.76 < held / 1_000 < 0.85


def test_an_import_comes_once_and_is_no_trend() -> None:
    weeks = [week(won=10)] * 5 + [week(won=10, imported=5_000)]
    assert forecast(6_000, weeks) == Forecast(6_129, 6_129, 6_129, 6)


@pytest.mark.parametrize(
    ("weeks", "asked", "found"),
    [
        ([week(5, 3)] * 4, {}, [Finding.GROWING]),
        ([week(5, 3), *[week(2, 6)] * 3], {}, [Finding.SHRINKING]),
        ([week(50, 3), *[week(2, 6)] * 2, week(5, 3)], {}, []),
        ([week()] * 4, {}, [Finding.STEADY]),
        ([week(100, 1, complained=1)] * 4, {}, [Finding.COMPLAINING, Finding.GROWING]),
        ([week(100, 1, hard_bounced=9)] * 4, {}, [Finding.BOUNCING, Finding.ONE_CAUSE, Finding.GROWING]),
        ([week(5, 3, imported=20)] * 4, {}, [Finding.IMPORTED, Finding.GROWING]),
        ([week(5, 3)] * 4, {"active": 100}, [Finding.SLEEPING, Finding.GROWING]),
        ([week(5, 3)] * 4, {"active": 10, "seen": 90}, [Finding.GROWING]),
    ],
)
def test_what_is_worth_a_sentence(weeks: list[Span], asked: dict[str, Any], found: list[Finding]) -> None:
    known: dict[str, Any] = {"people": 1_000, "seen": 1_000, "active": 600}
    assert findings(weeks=weeks, **{**known, **asked}) == found
