import time

import pytest
from django.utils import timezone

from deliverability.models import Mailing, ReplyHit, SoftBounce, Suppression, UnmatchedReply
from deliverability.queries.reply_rules import rules_in_use, unmatched_replies
from deliverability.services.reply_counts import count_replies
from deliverability.types import Reply
from tests.deliverability.services.conftest import drain_marketing, enqueue
from tests.smtp_server import SmtpServer

GONE = Reply(550, "No such user here", "5.1.1")
SILENCE = Reply(0, "the connection broke")
ODD = [
    Reply(554, f"The moon <anna{number}@example.org> is in the seventh house, mx{number}.a.example.org", "")
    for number in range(3)
]


@pytest.mark.django_db
def test_refusals_are_counted_by_rule_mailbox_provider_and_day() -> None:
    count_replies(
        replies=[(GONE, "google"), (GONE, "google"), (GONE, "yahoo"), (SILENCE, "yahoo"), (Reply(250), "yahoo")]
    )
    count_replies(replies=[(GONE, "google")])
    assert set(ReplyHit.objects.values_list("rule", "mailbox_provider", "day", "total")) == {
        ("bad-address", "google", timezone.now().date(), 3),
        ("bad-address", "yahoo", timezone.now().date(), 1),
    }


@pytest.mark.django_db
def test_a_reply_that_no_rule_knows_is_kept_once_with_its_last_sample() -> None:
    count_replies(replies=[(reply, "gmx") for reply in ODD])
    [kept] = unmatched_replies()
    assert kept.total == 3
    assert kept.words == "The moon <address> is in the seventh house, <host>"
    assert kept.sample == f"554 {ODD[-1].text}"
    UnmatchedReply.objects.update(settled_at=timezone.now())
    count_replies(replies=[(ODD[0], "gmx")])
    assert not unmatched_replies()


@pytest.mark.django_db
def test_the_table_is_shown_with_what_it_decided() -> None:
    count_replies(replies=[(GONE, "google"), (GONE, "yahoo"), (GONE, "yahoo")])
    [row] = [one for one in rules_in_use() if one.rule.id == "bad-address"]
    assert (row.total, row.by_mailbox_provider) == (3, {"yahoo": 2, "google": 1})
    [row] = [one for one in rules_in_use(mailbox_provider="google") if one.rule.id == "bad-address"]
    assert row.total == 1


@pytest.mark.django_db
def test_counting_a_batch_of_refusals_costs_a_few_milliseconds() -> None:
    replies = [(Reply(550, f"No such user {number} here"), "google") for number in range(500)]
    started = time.perf_counter()
    count_replies(replies=replies)
    assert time.perf_counter() - started < 1


@pytest.mark.django_db(transaction=True)
def test_what_a_campaign_was_refused_is_counted_when_it_is_recorded(mailing: Mailing, server: SmtpServer) -> None:
    replies = {1: "550 5.1.1 No such user", 2: "552 5.2.2 Mailbox full", 3: "554 The moon is in the seventh house"}
    server.on_rcpt = lambda rcpt: replies.get(int(rcpt.removeprefix("person").partition("@")[0]))
    enqueue(mailing, 1, 2, 3, 4)
    drain_marketing()
    assert dict(ReplyHit.objects.values_list("rule", "total")) == {"bad-address": 1, "full": 1, "unknown-final": 1}
    assert unmatched_replies().get().words == "The moon is in the seventh house"
    assert [held.address for held in Suppression.objects.all()] == ["person1@gmail.example"]
    assert SoftBounce.objects.get().total == 1
