"""Rates are judged against thresholds, and chance raises no alarm."""

import pytest

from deliverability.rules.canaries import Seen, stop_reason
from deliverability.rules.guardrails import SHIPPED, Flow, Level, Metric, guardrails, judge


@pytest.mark.parametrize(
    ("flow", "metric", "level"),
    [
        (Flow(heard=1_000, complained=4), Metric.COMPLAINTS, Level.FINE),
        (Flow(heard=1_000, complained=5), Metric.COMPLAINTS, Level.CRITICAL),
        (Flow(heard=5_000, complained=12), Metric.COMPLAINTS, Level.WARNING),
        (Flow(heard=50, complained=3), Metric.COMPLAINTS, Level.FINE),
        (Flow(accepted=1_000, complained=40), Metric.COMPLAINTS, Level.FINE),
        (Flow(accepted=950, failed=50), Metric.BOUNCES, Level.CRITICAL),
        (Flow(accepted=965, failed=35), Metric.BOUNCES, Level.WARNING),
        (Flow(accepted=978, failed=22), Metric.BOUNCES, Level.FINE),
        (Flow(accepted=700, deferred=300), Metric.DEFERRALS, Level.CRITICAL),
        (Flow(accepted=1_000, unsubscribed=9), Metric.UNSUBSCRIBES, Level.FINE),
        (Flow(accepted=10_000, unsubscribed=80), Metric.UNSUBSCRIBES, Level.WARNING),
        (Flow(), Metric.BOUNCES, Level.FINE),
    ],
)
def test_a_rate_counts_once_chance_cannot_explain_it(flow: Flow, metric: Metric, level: Level) -> None:
    finding = judge(flow, metric, SHIPPED[metric])
    assert (finding.level if finding else Level.FINE) == level


def test_only_complaints_and_bounces_stop_anything() -> None:
    deferred = judge(Flow(accepted=700, deferred=300), Metric.DEFERRALS, SHIPPED[Metric.DEFERRALS])
    bounced = judge(Flow(accepted=950, failed=50), Metric.BOUNCES, SHIPPED[Metric.BOUNCES])
    assert deferred is not None
    assert not deferred.may_stop
    assert bounced is not None
    assert bounced.may_stop
    assert bounced.words == "50 of 1,000 bounced (5 %; the limit is 5 %)"


def test_the_teams_own_thresholds_stand_before_the_shipped_ones() -> None:
    own = guardrails({"bounces": (0.05, 0.2, False)})
    assert judge(Flow(accepted=950, failed=50), Metric.BOUNCES, own[Metric.BOUNCES]) is None
    finding = judge(Flow(accepted=700, failed=300), Metric.BOUNCES, own[Metric.BOUNCES])
    assert finding is not None
    assert finding.level == Level.CRITICAL
    assert not finding.may_stop


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Seen(Flow(accepted=200, heard=200)), ""),
        (Seen(Flow(accepted=180, failed=20, heard=180)), "bounced"),
        (Seen(Flow(accepted=196, failed=4, heard=196)), ""),
        (Seen(Flow(accepted=990, heard=990, complained=6)), "complained"),
        (Seen(Flow(accepted=190, failed=10), refusals=10, sample="550 5.7.1 Blocked"), "550 5.7.1 Blocked"),
        (Seen(Flow(accepted=198, failed=2), refusals=2, sample="550 5.7.1 Blocked"), ""),
    ],
)
def test_a_canary_stops_for_what_speaks_against_the_rest(seen: Seen, words: str) -> None:
    reason = stop_reason(seen, SHIPPED)
    assert words in reason
    assert bool(reason) == bool(words)
