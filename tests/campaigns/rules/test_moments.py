"""Chosen times, zones and the undo window."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.rules.moments import first_start, moment_of, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_none(name: str) -> None:
    assert zone_of(name) is None


def test_a_wall_clock_is_read_in_its_zone() -> None:
    assert moment_of(datetime(2026, 7, 1, 10), BERLIN) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert moment_of(datetime(2026, 12, 1, 10), BERLIN) == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_an_hour_that_clocks_skip_is_no_moment() -> None:
    assert moment_of(datetime(2027, 3, 28, 2, 30), BERLIN) is None


def test_an_hour_that_clocks_show_twice_is_its_first() -> None:
    assert moment_of(datetime(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_sending_never_starts_before_the_undo_window_has_passed() -> None:
    undo_ends = NOON + timedelta(seconds=60)
    later = NOON + timedelta(hours=1)
    assert first_start(send_at=None, now=NOON, undo_seconds=60) == undo_ends
    assert first_start(send_at=NOON + timedelta(seconds=5), now=NOON, undo_seconds=60) == undo_ends
    assert first_start(send_at=later, now=NOON, undo_seconds=60) == later
