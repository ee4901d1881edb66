"""The climb of a warm-up: curves, verdicts, steps, pauses, forecast."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest

from deliverability.rules.warmup import (
    CURVES,
    Climb,
    Counts,
    Curve,
    Phase,
    Place,
    Verdict,
    begin,
    follow,
    judge_day,
    project,
    read_steps,
    step_down,
)

DAY = date(2026, 11, 24)
STEPS = (100, 200, 400, 800, 1_600, 3_200)
CLIMB = Climb(STEPS, hours=8)


def judged(day: Counts, *, cap: int = 1_000, before: Counts | None = None, mailbox_provider: str = "yahoo") -> Verdict:
    evidence = day + (before or Counts())
    return judge_day(day, cap=cap, evidence=evidence, mailbox_provider=mailbox_provider).verdict


def after(verdicts: Sequence[Verdict], climb: Climb = CLIMB, place: Place | None = None) -> Place:
    """Where somebody stands who begins and has these days."""
    place = place or begin(DAY)
    for number, verdict in enumerate(verdicts, 1):
        place, _ = follow(place, verdict, climb, tomorrow=DAY + timedelta(days=number), idle_days=0)
    return place


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.key)
def test_every_shipped_curve_climbs_without_leaps_and_says_where_it_comes_from(curve: Curve) -> None:
    steps = curve.steps
    assert list(steps) == sorted(steps)
    assert steps[0] <= 500
    assert all(later <= earlier * 2.5 for earlier, later in pairwise(steps))
    assert curve.source
    assert curve.means
    assert 1 <= curve.hours <= 24


def test_the_curve_like_ses_reaches_what_ses_says_in_its_days() -> None:
    assert (len(CURVES["ses"].steps), CURVES["ses"].steps[-1]) == (45, 50_000)


@pytest.mark.parametrize(
    "text", ["200, 400, 1000, 2000", "200 400 1000 2000", "200\n400;1000\n2000", "200,400,1000,2000"]
)
def test_a_curve_of_ones_own_is_read_as_people_write_it(text: str) -> None:
    assert read_steps(text) == [200, 400, 1_000, 2_000]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "between 1 and"),
        ("200 many", "“many”"),
        ("0 5", "between 1"),
        ("500, 1,000", "without a comma"),
        ("300 200", "never shrinks"),
        ("-5", "“-5”"),
    ],
)
def test_a_curve_that_cannot_be_climbed_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_steps(text)


def test_a_full_day_below_all_limits_is_healthy() -> None:
    assert judged(Counts(1_000, 985, deferred=80, bounced=15, complained=0)) == Verdict.HEALTHY


def test_a_day_with_too_little_mail_teaches_nothing() -> None:
    assert judged(Counts(499, 499)) == Verdict.LITTLE
    assert judged(Counts(500, 500)) == Verdict.HEALTHY
    assert judged(Counts(60, 55, bounced=5, complained=3)) == Verdict.LITTLE


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (Counts(2_000, 2_000, complained=5), Verdict.HEALTHY),  # 0.25%, yet chance does that
        (Counts(5_000, 5_000, complained=14), Verdict.HELD),
        (Counts(5_000, 5_000, complained=15), Verdict.BACK),
        (Counts(1_000, 965, bounced=35), Verdict.HELD),
        (Counts(1_000, 950, bounced=50), Verdict.BACK),
        (Counts(1_000, 870, deferred=130), Verdict.HELD),
        (Counts(1_000, 700, deferred=250), Verdict.BACK),
    ],
)
def test_a_spike_holds_and_a_severe_one_steps_back(day: Counts, verdict: Verdict) -> None:
    assert judged(day, cap=day.sent) == verdict


def test_a_spike_on_a_day_with_little_mail_counts_all_the_same() -> None:
    assert judged(Counts(400, 400, complained=6), cap=5_000) == Verdict.BACK


def test_small_rates_that_go_on_add_up() -> None:
    day = Counts(1_000, 1_000, complained=2)
    week = Counts(5_000, 5_000, complained=11)
    assert judged(day) == Verdict.HEALTHY
    assert judged(day, before=week) == Verdict.HELD


def test_the_words_say_what_happened_with_its_limit() -> None:
    day = Counts(5_000, 5_000, complained=15)
    assert judge_day(day, cap=5_000, evidence=day, mailbox_provider="yahoo").why == (
        "15 of 5,000 complained (0.3%; up to 0.1% is normal)."
    )
    assert "complaints are not reported here" in (
        judge_day(Counts(1_000, 1_000), cap=1_000, evidence=Counts(1_000, 1_000), mailbox_provider="google").why
    )


def test_healthy_days_climb_and_the_last_one_makes_warm() -> None:
    assert after([Verdict.HEALTHY] * 2).step == 2
    assert after([Verdict.HEALTHY] * 5).step == 5
    warm = after([Verdict.HEALTHY] * 6)
    assert warm.phase == Phase.WARM
    assert CLIMB.cap(warm, DAY) is None


def test_little_days_neither_advance_nor_punish_nor_forgive() -> None:
    place = after([Verdict.HEALTHY, Verdict.HELD, Verdict.LITTLE])
    assert (place.step, place.strikes) == (1, 1)
    assert after([Verdict.HELD], place=place).phase == Phase.PAUSED


def test_a_spike_holds_a_severe_one_halves_and_a_healthy_day_forgives() -> None:
    climbed = [Verdict.HEALTHY] * 4
    assert after([*climbed, Verdict.HELD]).step == 4
    fallen = after([*climbed, Verdict.BACK])
    assert (fallen.step, fallen.strikes, fallen.clean_since) == (3, 1, DAY + timedelta(days=5))
    assert after([*climbed, Verdict.BACK, Verdict.HEALTHY, Verdict.HELD]).phase == Phase.WARMING


def test_two_unhealthy_days_pause_for_three_days_and_the_next_time_for_seven() -> None:
    place = after([*[Verdict.HEALTHY] * 4, Verdict.BACK, Verdict.HELD])
    assert (place.phase, place.resumes_on) == (Phase.PAUSED, DAY + timedelta(days=9))
    assert CLIMB.cap(place, DAY) == 0
    for number in range(7, 9):
        place, words = follow(place, Verdict.PAUSED, CLIMB, tomorrow=DAY + timedelta(days=number), idle_days=0)
        assert (place.phase, words) == (Phase.PAUSED, "")
    place, words = follow(place, Verdict.PAUSED, CLIMB, tomorrow=DAY + timedelta(days=9), idle_days=0)
    assert (place.phase, place.step, place.strikes) == (Phase.WARMING, 2, 0)
    assert words == "The pause is over. The next day allows 400."
    again = after([Verdict.HELD, Verdict.HELD], place=place)
    assert again.resumes_on == DAY + timedelta(days=2 + 7)


def test_stepping_down_finds_half_or_the_foot() -> None:
    assert step_down(Place(DAY, DAY, step=5), (100, 150, 160, 170, 300, 310)) == 1
    assert step_down(Place(DAY, DAY, step=0), STEPS) == 0
    assert step_down(Place(DAY, DAY, phase=Phase.WARM, step=5), STEPS) == 4


@pytest.mark.parametrize("phase", [Phase.WARMING, Phase.WARM])
def test_thirty_idle_days_lead_back_to_the_foot(phase: Phase) -> None:
    place, tomorrow = Place(DAY, DAY, phase=phase, step=4), DAY + timedelta(days=40)
    kept, _ = follow(place, Verdict.LITTLE, CLIMB, tomorrow=tomorrow, idle_days=29)
    assert kept.step == 4
    again, words = follow(place, Verdict.LITTLE, CLIMB, tomorrow=tomorrow, idle_days=30)
    assert again == begin(tomorrow)
    assert "Nothing was sent for 30 days" in words


def test_an_hour_allows_its_share_of_the_day() -> None:
    assert [CLIMB.hourly_cap(cap) for cap in (800, 801, 1, 0, None)] == [100, 101, 1, 0, None]


def test_week_one_reaches_a_tenth_of_the_list_and_only_the_engaged() -> None:
    climb, place = Climb(CURVES["aggressive"].steps, hours=8, people=50_000), begin(DAY)
    allowed = []
    for number in range(10):
        day = DAY + timedelta(days=number)
        allowed.append(climb.cap(place, day))
        assert climb.is_engaged_only(place, day) == (number < 7)
        place, words = follow(place, Verdict.HEALTHY, climb, tomorrow=day + timedelta(days=1), idle_days=0)
        assert ("a tenth of the list" in words) == (2 <= number < 7)
    # The curve up to a level that seven days bear, and then on from there: no leap when the week is over.
    assert allowed == [200, 500, 860, 860, 860, 860, 860, 1_000, 2_000, 5_000]
    assert Climb(STEPS, hours=8, people=10).cap(begin(DAY), DAY) == 1


def test_a_curve_of_fewer_days_than_a_week_keeps_to_the_tenth_too() -> None:
    days = project(Climb((50, 100), hours=8, people=2_000), begin(DAY), waiting={0: 2_000}, first=DAY)
    assert [day.cap for day in days] == [28, 28, 28, 28, 28, 28, 28, 50, 100, None]
    days = project(Climb((50, 100), hours=8, people=9_000), begin(DAY), waiting={0: 9_000}, first=DAY)
    assert [day.cap for day in days] == [50, 100, 100, 100, 100, 100, 100, None]


def test_the_engaged_come_first_unless_somebody_says_otherwise() -> None:
    assert Climb(STEPS, hours=8).is_engaged_only(begin(DAY), DAY)
    assert not Climb(STEPS, hours=8, is_engaged_first=False).is_engaged_only(begin(DAY), DAY)


def test_the_forecast_sends_the_engaged_first_and_ends_with_nobody_left() -> None:
    days = project(Climb(STEPS, hours=8), begin(DAY), waiting={3: 5_000, 0: 1_000}, first=DAY)

    assert [day.sent for day in days[:4]] == [100, 200, 400, 300]
    # The engaged are through; the others may not go before week one is over.
    assert [day.sent for day in days[4:7]] == [0, 0, 0]
    assert [day.sent for day in days[7:]] == [800, 1_600, 2_600]
    assert (sum(day.sent for day in days), days[-1].left) == (6_000, 0)


def test_the_forecast_takes_off_what_has_left_today_and_knows_when_nothing_is_capped_any_more() -> None:
    climb = Climb((100, 200), hours=8, is_engaged_first=False)
    days = project(climb, begin(DAY), waiting={1: 10_000}, first=DAY, sent_before=30)
    assert [(day.cap, day.sent) for day in days] == [(100, 70), (200, 200), (None, 9_730)]


def test_a_forecast_without_end_is_cut_off() -> None:
    days = project(Climb((1,) * 999, hours=1, is_engaged_first=False), begin(DAY), waiting={0: 10_000}, first=DAY)
    assert (len(days), days[-1].left) == (400, 9_600)
