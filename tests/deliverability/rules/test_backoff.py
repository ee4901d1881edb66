"""The gaps between tries."""

from datetime import timedelta
from itertools import accumulate, count, takewhile

import pytest

from deliverability.rules.backoff import retry_delay


def minutes(attempt: int, kind: str = "soft", scale: float = 1, jitter: float = 0) -> float:
    return retry_delay(attempt, kind=kind, scale=scale, jitter=jitter) / timedelta(minutes=1)


def test_gaps_double_from_half_an_hour_and_stop_growing_at_four_hours() -> None:
    assert [minutes(attempt) for attempt in (1, 2, 3, 4, 5, 90)] == [30, 60, 120, 240, 240, 240]


def test_a_greylisting_server_is_tried_again_soon_and_a_rate_limit_is_left_alone() -> None:
    assert [minutes(attempt, "greylist") for attempt in (1, 2, 3)] == [10, 20, 40]
    assert [minutes(attempt, "rate") for attempt in (1, 2, 3)] == [60, 120, 240]


def test_jitter_only_adds_and_scale_multiplies_everything() -> None:
    assert minutes(1, jitter=1) == 37.5
    assert minutes(1, scale=0.5, jitter=0.4) == 16.5


@pytest.mark.parametrize("kind", ["soft", "greylist", "mailbox_full"])
def test_72_hours_hold_a_sensible_number_of_tries(kind: str) -> None:
    tries = len(list(takewhile(lambda total: total < 72 * 60, accumulate(minutes(n, kind) for n in count(1)))))
    assert 15 <= tries <= 25
