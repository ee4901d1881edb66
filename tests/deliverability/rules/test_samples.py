"""The small-sample guard against its published table."""

import pytest

from deliverability.rules.samples import is_surely_above


@pytest.mark.parametrize(("enough", "of"), [(5, 1_000), (12, 5_000), (19, 10_000)])
def test_complaints_count_from_the_published_numbers_on(enough: int, of: int) -> None:
    assert is_surely_above(enough, of, 0.001)
    assert not is_surely_above(enough - 1, of, 0.001)


@pytest.mark.parametrize(("count", "of"), [(0, 0), (0, 1_000), (3, 0), (1, 1_000), (20, 1_000_000)])
def test_nothing_and_less_than_the_rate_are_never_above(count: int, of: int) -> None:
    assert not is_surely_above(count, of, 0.001)


def test_large_numbers_are_told_apart_without_underflow() -> None:
    assert is_surely_above(1_000_000, 1_000_000, 0.001)
    assert is_surely_above(1_100, 1_000_000, 0.001)
    assert not is_surely_above(1_060, 1_000_000, 0.001)
