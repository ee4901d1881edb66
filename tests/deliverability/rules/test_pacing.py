"""How the pace follows what is accepted and refused."""

from itertools import count

import pytest

from deliverability.rules.pacing import FIRST_BASE, LOWEST_RATE, Found, Heard, faster, fewer, more, slower


def test_the_first_refusals_cut_to_what_was_accepted() -> None:
    found = slower(Found(), Heard(accepted=50, refused=950, seconds=1))
    assert found.rate == pytest.approx(100), "no further down than to a tenth at once"
    assert found.peak is None, "so far above it, nobody knows where the limit is"
    again = slower(found, Heard(accepted=50, refused=50, seconds=1))
    assert again.rate == pytest.approx(47.5), "a little below what was accepted"


def test_few_refusals_cut_a_tenth_and_tell_where_the_limit_is() -> None:
    found = slower(Found(rate=100, peak=90), Heard(accepted=990, refused=10, seconds=10))
    assert found.rate == pytest.approx(90)
    assert found.peak == pytest.approx(99)


def test_a_trickle_that_is_refused_is_no_measure_of_what_is_allowed() -> None:
    found = slower(Found(), Heard(accepted=0, refused=3, seconds=60))
    assert found.rate == FIRST_BASE / 2


def test_the_rate_never_ends() -> None:
    found = Found(rate=1)
    for _ in range(50):
        found = slower(found, Heard(accepted=0, refused=30, seconds=60))
    assert found.rate == LOWEST_RATE


def test_the_way_back_is_quick_below_the_limit_slow_around_it_and_quick_again_beyond_it() -> None:
    steps = {}
    for rate in (50.0, 95.0, 130.0):
        after = faster(Found(rate=rate, peak=100), Heard(int(rate * 60), 0, 60), None, 1)
        assert after.rate
        steps[rate] = after.rate - rate
    assert steps == pytest.approx({50.0: 5, 95.0: 1, 130.0: 13})
    assert faster(Found(rate=40), Heard(40 * 60, 0, 60), None, 1).rate == 50, "looking for a limit that nobody knows"


def test_steps_near_the_limit_grow_while_all_is_well() -> None:
    heard = Heard(95 * 60, 0, 60)
    first, tenth = (faster(Found(rate=95, peak=100), heard, None, good).rate for good in (1, 10))
    assert (first, tenth) == pytest.approx((96, 97.8))


def test_a_rate_that_is_not_made_use_of_proves_nothing() -> None:
    found = Found(rate=50, peak=100)
    assert faster(found, Heard(accepted=60, refused=0, seconds=60), None, 1) == found


def test_at_the_ceiling_nothing_is_left_of_the_slow_down() -> None:
    assert faster(Found(rate=99, peak=100), Heard(99 * 60, 0, 60), ceiling=100, good_intervals=1) == Found()


def test_connections_go_down_by_a_fifth_and_come_back_to_just_below_what_was_too_many() -> None:
    found = fewer(Found(), Heard(0, 0, 1, used=20))
    assert (found.connections, found.crowd) == (16, 20)
    for _ in range(10):
        found = more(found, limit=50, is_patient=False)
    assert found.connections == 19
    assert more(found, limit=50, is_patient=True).connections == 20
    assert fewer(Found(), Heard(0, 0, 1, used=1)).connections == 1
    assert more(Found(connections=4), limit=5, is_patient=True) == Found()


def test_against_a_server_with_a_limit_it_uses_nine_tenths_and_is_refused_less_than_one_in_a_hundred() -> None:
    """A bucket of one second and answers at once, by the minute, from far too fast to steady."""
    allowed, found, tokens, good = 50.0, Found(), 50.0, 0
    accepted_late = refused_late = 0
    for minute in count():
        rate = found.rate or 2000.0
        accepted = refused = 0.0
        for _ in range(60):
            tokens = min(allowed, tokens + allowed)
            taken = min(rate, tokens)
            tokens -= taken
            accepted, refused = accepted + taken, refused + rate - taken
        heard = Heard(int(accepted), int(refused), 60)
        if refused > 0.003 * (accepted + refused):
            found, good = slower(found, heard), 0
        else:
            good += 1
            found = faster(found, heard, None, good)
        if minute >= 20:
            accepted_late, refused_late = accepted_late + heard.accepted, refused_late + heard.refused
        if minute == 320:
            break
    assert accepted_late / (301 * 60) >= 0.9 * allowed
    assert refused_late / accepted_late < 0.01
