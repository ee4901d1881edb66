"""Every rule of the table fires on the reply it was written for."""

import re

import pytest

from deliverability.rules.lane_rules import LANE_RULES, LaneRule, rule_for, speaks_of_connections
from deliverability.rules.mailbox_providers import EVERYBODY, mailbox_providers
from deliverability.rules.replies import classify_reply

REPLY = re.compile(r"(\d{3}) ?([245]\.\d+\.\d+)? ?(.*)")


def verdict(reply: str) -> str:
    found = REPLY.fullmatch(reply)
    assert found
    return classify_reply(int(found[1]), found[2] or "", found[3]).kind


@pytest.mark.parametrize("rule", LANE_RULES, ids=lambda rule: rule.name)
def test_a_rule_matches_its_sample_and_no_other_rule_takes_it(rule: LaneRule) -> None:
    """KumoMTA's shipped rules hung on a provider's wrong name or on patterns that cannot match."""
    provider = "somebody" if rule.mailbox_provider == EVERYBODY else rule.mailbox_provider
    assert rule_for(provider, kind=verdict(rule.sample), words=rule.sample) is rule


@pytest.mark.parametrize("rule", LANE_RULES, ids=lambda rule: rule.name)
def test_a_rule_belongs_to_a_provider_that_exists_and_says_where_it_comes_from(rule: LaneRule) -> None:
    assert rule.mailbox_provider in {EVERYBODY, *mailbox_providers()}
    assert rule.source
    assert rule.hits >= 1
    assert rule.lasting.total_seconds() > 0


def test_names_are_unique_since_hits_are_counted_by_them() -> None:
    assert len({rule.name for rule in LANE_RULES}) == len(LANE_RULES)


def test_what_cuts_the_rate_again_and_again_is_the_adaptive_paces_own_matter_first() -> None:
    for rule in LANE_RULES:
        if rule.per == "cut":
            assert verdict(rule.sample) == "rate", rule.name


@pytest.mark.parametrize(
    ("reply", "is_about_connections"),
    [
        ("421 4.7.0 Too many concurrent SMTP connections; please try again later", True),
        ("421 4.3.2 The maximum number of concurrent server connections has exceeded a limit", True),
        ("421 Too many connections", True),
        ("452 4.5.3 Too many recipients", False),
        ("421 4.7.28 unusual rate of mail", False),
        ("451 4.7.500 Server busy", False),
    ],
)
def test_replies_about_connections_are_told_from_those_about_messages(reply: str, is_about_connections: bool) -> None:
    assert speaks_of_connections(reply) == is_about_connections


def test_a_refusal_that_is_the_recipients_counts_for_no_rule() -> None:
    for reply in ("550 5.1.1 No such user", "452 4.2.2 Mailbox full", "450 4.2.0 Greylisted, try again later"):
        assert rule_for("google", kind=verdict(reply), words=reply) is None
