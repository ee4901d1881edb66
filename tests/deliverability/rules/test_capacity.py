"""How long a lane needs, by rates, hours and days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deliverability.rules.capacity import Bounds, done_at

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def hours(people: int, bounds: Bounds, starts_at: datetime = NOON) -> float | None:
    end = done_at(people, bounds, starts_at)
    return None if end is None else round((end - starts_at) / timedelta(hours=1), 3)


@pytest.mark.parametrize(
    ("people", "bounds", "expected"),
    [
        (0, Bounds(10), 0),
        (36_000, Bounds(10), 1),
        (36_000, Bounds(10, not_before=NOON + timedelta(hours=2)), 3),
        # 1,000 an hour: two full hours, then the rest within the third.
        (2_500, Bounds(10, per_hour=1_000), 2 + 500 / 36_000),
        (500, Bounds(10, per_hour=1_000, sent_this_hour=800), 1 + 300 / 36_000),
        # Twelve hours until midnight UTC, whatever the rate; what left today counts.
        (1_500, Bounds(100, per_day=1_000), 12 + 500 / 360_000),
        (1_500, Bounds(100, per_day=1_000, sent_today=900), 36 + 400 / 360_000),
        # The rate may be lower than the cap.
        (72_000, Bounds(1, per_day=100_000), 20),
    ],
)
def test_time_follows_from_rate_and_caps(people: int, bounds: Bounds, expected: float) -> None:
    assert hours(people, bounds) == pytest.approx(expected, abs=0.002)


def test_a_warm_up_grows_by_the_day_and_then_ends() -> None:
    caps = {date(2026, 11, 24): 100, date(2026, 11, 25): 200, date(2026, 11, 26): None}
    assert hours(300, Bounds(1000, per_day_on=caps)) == pytest.approx(12, abs=0.01)
    assert hours(5_000, Bounds(1000, per_day_on=caps)) == pytest.approx(36, abs=0.01)


def test_what_never_ends_has_no_end() -> None:
    assert hours(10, Bounds(1000, per_day=0)) is None
    assert hours(10**9, Bounds(0.001)) is None
