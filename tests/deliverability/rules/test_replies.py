"""What replies mean: the providers' published ones by name, and a labelled corpus where it is at hand."""

import csv
import time
from pathlib import Path

import pytest

from deliverability.rules.replies import (
    CATCH_ALL,
    REPLY_RULES,
    ReplyRule,
    ReplyVerdict,
    classify_reply,
    matching_rule,
    normalise_reply,
    split_reply,
)

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "smtp-responses"

PUBLISHED = [
    # Gmail
    ("421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP", "rate"),
    ("421 4.7.32 Your email has been rate limited because the From: header isn't aligned", "authentication"),
    ("550 5.7.26 Your email has been blocked because the sender is unauthenticated", "authentication"),
    ("421 5.7.32 DMARC alignment", "authentication"),
    ("550 5.7.1 Our system has detected that this message is likely unsolicited mail", "content"),
    ("550 5.7.28 There is an unusual rate of unsolicited mail originating from your IP", "block"),
    ("450 4.2.1 The user you are trying to contact is receiving mail too quickly", "rate"),
    ("452 4.2.2 The recipient's inbox is out of storage space", "mailbox_full"),
    ("550 5.1.1 The email account that you tried to reach does not exist", "hard"),
    ("550 5.2.1 The email account that you tried to reach is inactive", "inactive"),
    ("550 5.2.1 The user you are trying to contact is receiving mail at a rate that", "rate"),
    ("552 5.2.2 The recipient's inbox is out of storage space and inactive", "mailbox_full"),
    # Yahoo
    ("421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume or user complaints", "rate"),
    ("553 5.7.1 [TSS09] All messages from will be permanently deferred; Retrying will NOT succeed", "block"),
    ("553 5.7.1 [BL21] Connections not accepted from servers on the Spamhaus SBL", "block"),
    ("554 delivery error: dd This user doesn't have a yahoo.com account", "hard"),
    ("554 5.7.9 [PH01] Message not accepted for policy reasons", "policy"),
    # Microsoft
    ("550 5.7.515 Access denied, sending domain does not meet the required authentication level", "authentication"),
    ("451 4.7.650 The mail server has been temporarily rate limited due to IP reputation (S775)", "rate"),
    ("550 5.7.1 Unfortunately, messages weren't sent. Part of their network is on our block list (S3140)", "block"),
    ("550 5.7.606 Access denied, banned sending IP", "block"),
    ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)", "hard"),
    ("550 5.7.509 Access denied, sending domain does not pass DMARC verification", "authentication"),
    # others
    ("550 5.7.1 Recipient address rejected: SPF check failed", "authentication"),
    ("554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", "block"),
    ("554 5.7.1 Client host rejected: poor reputation", "block"),
    ("452 The mailbox is over quota", "mailbox_full"),
    ("554 5.4.6 Too many hops", "soft"),
    ("550 5.2.0 Message filtered", "soft"),
    ("550 Administrative policy prohibits this", "policy"),
    ("550 5.7.6 Failed to deliver", "policy"),
    ("450 4.2.0 Greylisted, see http://postgrey.example/help", "greylist"),
    ("421 4.7.1 Too many messages per connection", "rate"),
    ("552 5.3.4 Message too big", "soft"),
    ("550 5.7.1 Relaying denied", "policy"),
    ("535 5.7.8 Authentication credentials invalid", "authentication"),
    ("451 4.3.0 Temporary lookup failure", "soft"),
    ("554 Transaction failed", "other"),
]


def classify(response: str) -> ReplyVerdict:
    return classify_reply(*split_reply(response))


@pytest.mark.parametrize(("response", "kind"), PUBLISHED)
def test_published_replies_are_recognised(response: str, kind: str) -> None:
    assert classify(response).kind == kind


def test_only_a_dead_mailbox_suppresses_a_person() -> None:
    assert {rule.kind for rule in REPLY_RULES if rule.action == "suppress"} == {"hard", "inactive"}
    assert [rule.id for rule in REPLY_RULES if rule.kind == "inactive" and rule.action == "suppress"] == [
        "gmail-inactive"
    ]


@pytest.mark.parametrize("kind", ["authentication", "block"])
def test_what_speaks_of_our_standing_holds_the_stream(kind: str) -> None:
    assert {rule.action for rule in REPLY_RULES if rule.kind == kind} == {"hold_stream"}


@pytest.mark.parametrize("response", [response for response, _ in PUBLISHED])
def test_the_basic_code_decides_whether_to_retry(response: str) -> None:
    _, enhanced, text = split_reply(response)
    assert classify_reply(451, enhanced, text).action in ("retry", "throttle", "hold_stream")
    assert classify_reply(550, enhanced, text).action != "retry"


def test_no_answer_at_all_is_tried_again() -> None:
    assert classify_reply(0, "", "the server closed the connection") == ReplyVerdict("soft", "retry")


@pytest.mark.parametrize("rule", REPLY_RULES, ids=[rule.id for rule in REPLY_RULES])
def test_every_rule_decides_its_sample(rule: ReplyRule) -> None:
    """A pattern that can never win is a bug that nobody sees."""
    assert matching_rule(*split_reply(rule.sample), rule.provider) == rule


def test_names_of_rules_are_unique_since_counts_hang_on_them() -> None:
    assert len({rule.id for rule in REPLY_RULES}) == len(REPLY_RULES)
    assert {rule.id for rule in REPLY_RULES} >= CATCH_ALL


@pytest.mark.parametrize(
    "response",
    [
        "550 5.1.1 <spam-reports@phishing.example>: Recipient address rejected: User unknown",
        "550 5.1.1 <mailbox-full@example.org>... User unknown",
    ],
)
def test_the_name_of_a_mailbox_proves_nothing(response: str) -> None:
    assert classify(response).kind == "hard"


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        ("550 5.1.1 Unknown", (550, "5.1.1", "Unknown")),
        ("550-5.1.1 Unknown", (550, "5.1.1", "Unknown")),
        ("550", (550, "", "")),
        ("User unknown", (0, "", "User unknown")),
        ("5.2.2 Mailbox full", (0, "5.2.2", "Mailbox full")),
        ("550 10.1.1.1 is listed", (550, "", "10.1.1.1 is listed")),
    ],
)
def test_a_reply_is_split(reply: str, parts: tuple[int, str, str]) -> None:
    assert split_reply(reply) == parts


def test_replies_that_differ_in_names_and_numbers_only_are_one() -> None:
    one = normalise_reply(
        "Refused anna@example.org from [192.0.2.1], see https://a.example/x?1 (mx3.example.org q4Jk2Lm9)"
    )
    two = normalise_reply(
        "Refused bob@example.com from [192.0.2.77], see https://b.example/y (mx1.b.example.com w8Zz1aa0)"
    )
    assert one == two == "Refused <address> from <ip>, see <url> (<host> <id>)"


def test_a_hostile_reply_does_not_keep_us_busy() -> None:
    started = time.perf_counter()
    for word in ("a", "user ", "exceed ", "message ", "(", "550 "):
        classify_reply(550, "", word * 20_000)
    assert time.perf_counter() - started < 2


@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled corpus is not part of the project")
def test_labelled_corpus() -> None:
    ours = {
        "mailbox_full": "mailbox-full",
        "content": "spam",
        "authentication": "policy",
        "rate": "soft",
        "inactive": "soft",
        "greylist": "soft",
    }
    with (CORPUS / "sisimai-responses.csv").open() as file:
        rows = list(csv.DictReader(file))
    right_class = right_hardness = 0
    for row in rows:
        verdict = classify(row["response"])
        accepted = {row["cls"], *row["cls_accept"].split("|")}
        right_class += ours.get(verdict.kind, verdict.kind) in accepted or "*" in accepted
        right_hardness += (verdict.action == "suppress") == (row["hard"] == "1")
    assert right_class / len(rows) >= 0.92
    assert right_hardness / len(rows) >= 0.85
