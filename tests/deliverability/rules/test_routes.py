"""Who takes a stream's next batch."""

import random
from collections import Counter

import pytest

from deliverability.rules.health import is_final, is_trouble
from deliverability.rules.routes import Step, shares_in_words, ways_in_order
from deliverability.types import Reply

HYBRID = [Step(1, tier=1, weight=3), Step(2, tier=1, weight=1), Step(3, tier=2)]
WELL = {1: 1.0, 2: 1.0, 3: 1.0}


def firsts(shares: dict[int, float], draws: int = 4000) -> dict[int, float]:
    """How often each provider is the first to be tried, as a share."""
    lot = random.Random(4)
    orders = [ways_in_order(HYBRID, shares, lot.random) for _ in range(draws)]
    return {pk: count / draws for pk, count in Counter(order[0] for order in orders if order).items()}


def test_weights_share_the_first_tier_and_the_second_gets_nothing() -> None:
    assert firsts(WELL) == {1: pytest.approx(0.75, abs=0.03), 2: pytest.approx(0.25, abs=0.03)}


def test_who_is_left_alone_is_replaced_within_its_tier_then_by_the_next() -> None:
    assert firsts(WELL | {1: 0.0}) == {2: 1.0}
    assert firsts(WELL | {1: 0.0, 2: 0.0}) == {3: 1.0}
    assert firsts({1: 0.0, 2: 0.0, 3: 0.0}) == {}
    assert firsts({}) == {}


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_who_returns_takes_a_part_and_the_next_tier_keeps_the_rest(share: float) -> None:
    found = firsts({1: share, 2: 0.0, 3: 1.0})
    assert found == {1: pytest.approx(share, abs=0.03), 3: pytest.approx(1 - share, abs=0.03)}


def test_who_returns_takes_everything_where_there_is_nobody_else() -> None:
    assert firsts({1: 0.1, 2: 0.0, 3: 0.0}) == {1: 1.0}


def test_the_others_of_a_tier_are_tried_next() -> None:
    assert {tuple(sorted(ways_in_order(HYBRID, WELL, random.random))) for _ in range(50)} == {(1, 2)}


def test_shares_are_told_in_percent_of_the_tier() -> None:
    assert shares_in_words(HYBRID) == {1: 75, 2: 25, 3: 100}


@pytest.mark.parametrize(
    ("reply", "is_paced", "expected"),
    [
        (Reply(250, "Ok", "2.0.0"), False, False),
        (Reply(550, "No such user", "5.1.1"), False, False),
        (Reply(451, "Greylisted", "4.7.1"), False, False),
        (Reply(421, "Shutting down", "4.3.2"), False, True),
        (Reply(451, "Amazon SES: 500", "4.3.0"), False, True),
        (Reply(0, "No answer"), False, True),
        (Reply(421, "Too many connections", "4.7.0"), True, False),
        (Reply(0, "No answer"), True, False),
    ],
)
def test_only_what_speaks_of_the_provider_itself_is_its_trouble(reply: Reply, is_paced: bool, expected: bool) -> None:
    assert is_trouble(reply, is_paced=is_paced) == expected


def test_refused_credentials_are_final() -> None:
    assert is_final(Reply(535, "Authentication credentials invalid", "5.7.8"))
    assert not is_final(Reply(0, "Connection refused", stage="connect"))
    assert not is_final(Reply(421, "Service not available", "4.3.2"))
