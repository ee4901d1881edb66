from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from config.templatetags.times import ago, in_zone

MOMENT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "24 Nov 2026, 08:00 UTC"),
        ("Europe/Berlin", "24 Nov 2026, 09:00 Berlin time"),
        ("America/New_York", "24 Nov 2026, 03:00 New York time"),
    ],
)
def test_every_moment_names_its_zone(zone: str, words: str) -> None:
    assert words in in_zone(MOMENT, zone)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1\xa0minute ago"),
        (timedelta(days=3), "3\xa0days ago"),
    ],
)
def test_how_long_ago(passed: timedelta, words: str) -> None:
    # Django's client leaves the language of its last request behind.
    with translation.override("en"), time_machine.travel(MOMENT + passed, tick=False):
        assert words in ago(MOMENT)
        assert "24 Nov 2026, 08:00 UTC" in ago(MOMENT)


def test_no_moment_shows_nothing() -> None:
    assert (in_zone(None, "UTC"), ago(None)) == ("", "")
