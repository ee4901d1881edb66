"""Mail that comes back: the formats that servers write, and that nothing at all can break the reader."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliverability.rules.bounces import read_bounce
from tests.deliverability.rules.bounces.mails import FORMATS, arf, dsn, notice

CORPORA = Path(__file__).resolve().parents[5] / "shared" / "corpora"
without_corpora = pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not part of the project")


@pytest.mark.parametrize(
    ("mail", "expected"), [(mail, expected) for _, mail, expected in FORMATS], ids=[name for name, *_ in FORMATS]
)
def test_each_format_is_read(mail: bytes, expected: list[tuple[str, str]]) -> None:
    assert [(one.recipient, one.kind) for one in read_bounce(mail)] == expected


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_line_ends_make_no_difference(line_end: bytes) -> None:
    for _, mail, _ in FORMATS:
        assert read_bounce(mail.replace(b"\n", line_end)) == read_bounce(mail)


def test_each_of_several_complaints_in_one_mail_is_found() -> None:
    mail = arf(
        "Feedback-Type: abuse\nOriginal-Rcpt-To: <anna@example.org>",
        "Feedback-Type: not-spam\nOriginal-Rcpt-To: bob@example.org",
    )
    found = read_bounce(mail)
    assert [(one.recipient, one.kind, one.status) for one in found] == [
        ("anna@example.org", "feedback", "abuse"),
        ("bob@example.org", "feedback", "not-spam"),
    ]


def test_a_complaint_that_hides_the_recipient_still_carries_our_token() -> None:
    [found] = read_bounce(arf("Feedback-Type: abuse\nVersion: 1", to="undisclosed-recipients:;"))
    assert (found.recipient, found.kind) == ("", "feedback")
    assert "abcdefghijklmnopqrstuvwx" in found.tokens


def test_hotmail_names_the_recipient_in_the_mail_that_it_returns() -> None:
    mail = (
        b"From: staff@hotmail.com\nTo: fbl@huila.example\nSubject: complaint about message from 192.0.2.1\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: message/rfc822\n\n'
        b"X-HmXmrOriginalRecipient: <anna@hotmail.com>\nFrom: news@huila.example\nSubject: Coffee\n\nHello\n--x--\n"
    )
    [found] = read_bounce(mail)
    assert (found.recipient, found.kind, found.status) == ("anna@hotmail.com", "feedback", "abuse")


def test_our_tokens_are_found_in_the_envelope_first() -> None:
    mail = dsn("Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.1.1").replace(
        b"To: b+x@", b"To: b+ZZZZZZZZZZZZZZZZZZZZZZZZ@", 1
    )
    [found] = read_bounce(mail)
    assert found.tokens[:2] == ("ZZZZZZZZZZZZZZZZZZZZZZZZ", "abcdefghijklmnopqrstuvwx")


def test_words_in_an_address_are_no_reason() -> None:
    [found] = read_bounce(notice("<mailbox-full@spam.example.org>:\n550 5.1.1 User unknown\n"))
    assert found.kind == "hard"


@pytest.mark.parametrize("stage", ["EHLO mx.huila.example", "MAIL FROM:<news@huila.example>"])
def test_a_refusal_before_anybody_was_named_is_about_us(stage: str) -> None:
    text = f"  anna@example.org\n    SMTP error from remote mail server after {stage}:\n    550 Rejected\n"
    fields = (
        "Final-Recipient: rfc822;anna@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Rejected"
    )
    [found] = read_bounce(dsn(fields, text=text))
    assert found.kind == "block"


def test_a_report_inside_of_a_forwarded_mail_is_found() -> None:
    inner = dsn("Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.1.1")
    outer = (
        b'From: admin@example.org\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="out"\n\n'
        b"--out\nContent-Type: text/plain\n\nSee below.\n\n--out\nContent-Type: message/rfc822\n\n"
        + inner
        + b"\n--out--\n"
    )
    assert [(one.recipient, one.kind) for one in read_bounce(outer)] == [("anna@example.org", "hard")]


MAILS = [mail for _, mail, _ in FORMATS] + [arf("Feedback-Type: abuse")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mail=st.sampled_from(MAILS), data=st.data())
def test_no_damage_breaks_the_reader(mail: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(mail)))
    end = data.draw(st.integers(start, len(mail)))
    read_bounce(mail[:start] + data.draw(st.binary(max_size=40)) + mail[end:])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_no_octets_break_the_reader(raw: bytes) -> None:
    read_bounce(raw)


def test_nothing_hostile_keeps_the_reader_busy() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
    started = time.perf_counter()
    for body in (b"a@", b"<", b"550 ", b"to: ", b"rcpt to: a@b ", b"x: y\n", b"--=_x\n", b"\n", b"=?utf-8?q?", b"<b "):
        read_bounce(notice("It could not be delivered.\n") + body * (300_000 // len(body)))
    read_bounce(nested)
    assert time.perf_counter() - started < 20


@without_corpora
def test_real_and_malformed_mail_raises_nothing() -> None:
    for file in (CORPORA / "mime-robustness").iterdir():
        read_bounce(file.read_bytes())


@without_corpora
def test_recipients_and_types_of_real_complaints() -> None:
    """Every labelled recipient but those that the label calls redacted."""
    import csv

    with (CORPORA / "arf" / "labels.csv").open() as labels:
        for row in csv.DictReader(labels):
            found = read_bounce((CORPORA / "arf" / row["file"]).read_bytes())
            assert {one.kind for one in found} == {"feedback"}, row["file"]
            assert {one.status for one in found} == {row["feedback_type"]}, row["file"]
            if row["recipients"]:
                assert [one.recipient for one in found] == re.split(r"[;|, ]+", row["recipients"].lower()), row["file"]
