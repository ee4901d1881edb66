"""What a reply means for one recipient."""

from datetime import timedelta

import pytest

from deliverability.rules.outcomes import Outcome, judge
from deliverability.types import EventKind, Reply


def outcome(reply: Reply, *, attempt: int = 1, hours: float = 0) -> Outcome:
    age, give_up = timedelta(hours=hours), timedelta(hours=72)
    return judge(reply, attempt=attempt, age=age, give_up=give_up, scale=1.0, jitter=0.5)


def test_an_accepted_mail_is_done() -> None:
    accepted = outcome(Reply(250, "Queued as 4", "2.0.0"))
    assert (accepted.kind, accepted.detail, accepted.retry_in) == (EventKind.ACCEPTED, "2.0.0 Queued as 4", None)


def test_only_a_mailbox_that_does_not_exist_is_suppressed() -> None:
    gone = outcome(Reply(550, "No such user", "5.1.1", "rcpt"))
    assert (gone.kind, gone.suppresses) == (EventKind.FAILED, True)
    later = outcome(Reply(450, "No such user", "4.1.1", "rcpt"))
    assert (later.kind, later.suppresses) == (EventKind.DEFERRED, False)


@pytest.mark.parametrize("code", [421, 550])
def test_what_speaks_of_us_holds_the_stream_and_retries_the_person(code: int) -> None:
    policy = outcome(Reply(code, "Our system has detected that this message is unauthenticated", f"{code // 100}.7.26"))
    assert (policy.kind, policy.suppresses) == (EventKind.DEFERRED, False)
    assert policy.asks_for_hold


def test_nothing_is_tried_for_longer_than_allowed() -> None:
    reply = Reply(451, "Try later", "4.3.0")
    assert outcome(reply, attempt=12, hours=71.9).kind == EventKind.DEFERRED
    assert outcome(reply, attempt=12, hours=72).kind == EventKind.FAILED


def test_delays_grow_with_each_attempt() -> None:
    delays = [outcome(Reply(451, "Try later", "4.3.0"), attempt=attempt).retry_in for attempt in (1, 2, 3)]
    assert None not in delays
    assert delays[0] < delays[1] < delays[2]


def test_a_mail_of_unknown_fate_is_not_sent_without_end() -> None:
    silence = Reply(0, "The connection broke after the final dot", stage="body")
    assert [outcome(silence, attempt=attempt).kind for attempt in (1, 2, 3)] == [
        EventKind.DEFERRED,
        EventKind.DEFERRED,
        EventKind.FAILED,
    ]
    surely_not_sent = Reply(0, "The connection broke", stage="mail")
    assert outcome(surely_not_sent, attempt=9).kind == EventKind.DEFERRED
