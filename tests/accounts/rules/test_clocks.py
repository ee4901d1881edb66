"""Times as people read them, and as they stand in stored sentences."""

from datetime import UTC, datetime

import pytest

from accounts.rules.clocks import clock, day_and_clock, kept, place, told

NOON = datetime(2026, 11, 24, 12, 0, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "13:00 Berlin time"),
        ("America/New_York", "07:00 New York time"),
        ("UTC", "12:00 UTC"),
        ("Mars/Olympus", "12:00 UTC"),
        ("", "12:00 UTC"),
    ],
)
def test_a_clock_names_its_zone(zone: str, words: str) -> None:
    assert clock(NOON, zone) == words
    assert day_and_clock(NOON, zone) == f"24 Nov 2026, {words}"


def test_a_zone_is_named_by_its_place() -> None:
    assert (place("America/Argentina/Buenos_Aires"), place("UTC")) == ("Buenos Aires time", "UTC")


def test_a_stored_sentence_is_told_in_each_readers_zone() -> None:
    sentence = f"Moved from {kept(NOON)} to {kept(NOON.replace(day=25))}."
    assert sentence == "Moved from 2026-11-24T12:00:26Z to 2026-11-25T12:00:26Z."
    assert told(sentence, "UTC") == "Moved from 24 Nov 2026, 12:00 UTC to 25 Nov 2026, 12:00 UTC."
    assert told(sentence, "Asia/Tokyo").endswith("to 25 Nov 2026, 21:00 Tokyo time.")
    assert told("No time: 2026-11-24.", "Asia/Tokyo") == "No time: 2026-11-24."
