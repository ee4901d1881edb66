"""Night by people's own clocks, clock changes included."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from subscribers.rules.quiet_hours import Opening, Quiet, opening, zone_groups

NIGHT = Quiet(time(21), time(8))
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_by_day_mail_may_leave_at_once_until_the_evening() -> None:
    found = opening(NIGHT, BERLIN, at("2026-11-24T12:00+01:00"))
    assert found == Opening(at("2026-11-24T08:00+01:00"), at("2026-11-24T21:00+01:00"))


@pytest.mark.parametrize("now", ["2026-11-24T21:00+01:00", "2026-11-24T23:59+01:00", "2026-11-25T07:59+01:00"])
def test_by_night_it_waits_for_the_morning(now: str) -> None:
    found = opening(NIGHT, BERLIN, at(now))
    assert found == Opening(at("2026-11-25T08:00+01:00"), at("2026-11-25T21:00+01:00"))


def test_hours_within_one_day_leave_the_rest_of_it_open() -> None:
    noon = Quiet(time(12), time(14))
    assert opening(noon, BERLIN, at("2026-11-24T13:00+01:00")).opens_at == at("2026-11-24T14:00+01:00")
    assert opening(noon, BERLIN, at("2026-11-24T15:00+01:00")) == Opening(
        at("2026-11-24T14:00+01:00"), at("2026-11-25T12:00+01:00")
    )


def test_a_morning_after_the_clocks_change_is_at_the_hour_that_they_show() -> None:
    before = opening(NIGHT, BERLIN, at("2026-03-28T22:00+01:00"))
    assert before.opens_at == at("2026-03-29T08:00+02:00")


def test_zones_whose_clocks_agree_stand_together_and_unknown_ones_at_home() -> None:
    now = at("2026-11-24T12:00+01:00")
    found = zone_groups(["Europe/Berlin", "Europe/Paris", "America/New_York", "", "Mars/Olympus"], "Europe/Rome", now)
    assert found == {
        "Europe/Berlin": "Europe/Rome",
        "Europe/Paris": "Europe/Rome",
        "America/New_York": "America/New_York",
        "": "Europe/Rome",
        "Mars/Olympus": "Europe/Rome",
    }


def test_zones_that_part_within_days_stand_apart() -> None:
    # Berlin has put its clocks back a week before New York does.
    found = zone_groups(["Europe/London", "Africa/Abidjan"], "UTC", datetime(2026, 3, 27, 12, tzinfo=UTC))
    assert found == {"Europe/London": "Europe/London", "Africa/Abidjan": "UTC"}
