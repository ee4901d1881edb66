"""The SMTP state machines alone: bytes in, actions out, no socket."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliverability.providers.base import ProviderConfig
from deliverability.providers.smtp.handshake import Capabilities, Handshake, HandshakeFailed, parse_capabilities
from deliverability.providers.smtp.replies import BadReply, ReplyParser, to_reply
from deliverability.providers.smtp.transactions import Signal, Transactions
from deliverability.types import OutgoingMessage, Result

ADA = OutgoingMessage(1, "ada@example.org", "b+1@bounces.example", b"Subject: 1\r\n\r\none\r\n")
BOB = OutgoingMessage(2, "bob@example.org", "b+2@bounces.example", b"Subject: 2\r\n\r\ntwo\r\n")
STREAM = b"220 hello\r\n250-first\r\n250-SIZE 10\r\n250 last\r\n354 go\n550-5.1.1 no\r\n550 5.1.1 such user\r\n250\r\n"
REPLIES = [
    (220, b"hello"),
    (250, b"first\nSIZE 10\nlast"),
    (354, b"go"),
    (550, b"5.1.1 no\n5.1.1 such user"),
    (250, b""),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_replies_are_the_same_however_the_bytes_arrive(cuts: list[int]) -> None:
    parser, found = ReplyParser(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in pairwise(edges):
        found += parser.feed(STREAM[start:end])
    assert found == REPLIES
    assert parser.is_clean


@pytest.mark.parametrize("junk", [b"HTTP/1.1 400 Bad Request\r\n", b"\r\n", b"25\r\n", b"a" * 70_000])
def test_what_is_not_smtp_is_noticed(junk: bytes) -> None:
    with pytest.raises(BadReply):
        ReplyParser().feed(junk)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    try:
        replies = ReplyParser().feed(data)
    except BadReply:
        return
    for code, text in replies:
        assert to_reply(code, text, "body").text.isprintable() or text


def test_enhanced_codes_leave_the_text_of_every_line() -> None:
    reply = to_reply(550, b"5.7.26 This mail\n5.7.26 is unauthenticated\x07", "body")
    assert (reply.enhanced, reply.text) == ("5.7.26", "This mail is unauthenticated ")


def test_capabilities_in_old_and_new_spelling() -> None:
    offers = parse_capabilities(
        b"mail.example\npipelining\nSIZE 1000\nAUTH=LOGIN\nAUTH PLAIN XOAUTH2\n8BITMIME\nSTARTTLS"
    )
    assert offers == Capabilities(
        pipelining=True, size=True, size_limit=1000, starttls=True, auth=frozenset({"LOGIN", "PLAIN", "XOAUTH2"})
    )


def greeted(**config: object) -> Handshake:
    handshake = Handshake(ProviderConfig(kind="smtp", host="mail.example", **config), "me.example")  # type: ignore[arg-type]
    assert handshake.receive(220, b"hello") == b"EHLO me.example\r\n"
    return handshake


def test_a_server_of_old_gets_helo_where_nothing_needs_more() -> None:
    handshake = greeted(security="none")
    assert handshake.receive(502, b"what?") == b"HELO me.example\r\n"
    assert handshake.receive(250, b"hello") == b""
    assert handshake.is_done


def test_what_was_offered_in_the_open_is_forgotten_under_tls() -> None:
    handshake = greeted(security="starttls")
    assert handshake.receive(250, b"mail.example\nSTARTTLS\nPIPELINING") == b"STARTTLS\r\n"
    assert handshake.receive(220, b"go") == b""
    assert handshake.wants_tls
    assert handshake.encrypted() == b"EHLO me.example\r\n"
    assert handshake.receive(250, b"mail.example\nSIZE 5") == b""
    assert handshake.capabilities == Capabilities(size=True, size_limit=5)


def test_no_password_leaves_in_the_open_when_tls_was_asked_for() -> None:
    handshake = greeted(security="starttls", username="ada", password="secret")
    with pytest.raises(HandshakeFailed) as caught:
        handshake.receive(250, b"mail.example\nAUTH PLAIN")
    assert caught.value.reply.stage == "starttls"


def pipelined() -> Transactions:
    return Transactions(Capabilities(pipelining=True))


def test_a_body_and_the_next_envelope_travel_together() -> None:
    mail = pipelined()
    assert mail.begin(ADA) == b"MAIL FROM:<b+1@bounces.example>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n"
    assert [mail.receive(code, b"") for code in (250, 250, 354)] == [[], [], [Signal.GO_AHEAD]]
    body, tail = mail.body(BOB)
    assert body is ADA.data
    assert tail == b".\r\nMAIL FROM:<b+2@bounces.example>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n"
    assert mail.receive(250, b"2.0.0 queued") == [Result(1, "ada@example.org", to_reply(250, b"2.0.0 queued", "body"))]
    assert [mail.receive(code, b"") for code in (250, 250, 354)] == [[], [], [Signal.GO_AHEAD]]
    assert mail.body(None) == (BOB.data, b".\r\n")
    assert mail.receive(250, b"")[-1] is Signal.READY


@pytest.mark.parametrize("data_reply", [354, 503, 554])
def test_a_refused_recipient_gets_no_body_whatever_data_answers(data_reply: int) -> None:
    mail = pipelined()
    mail.begin(ADA)
    assert mail.receive(250, b"") == []
    assert mail.receive(550, b"5.1.1 no") == [Result(1, "ada@example.org", to_reply(550, b"5.1.1 no", "rcpt"))]
    actions = mail.receive(data_reply, b"")
    if data_reply == 354:
        assert (actions, mail.output) == ([], b".\r\n")
        actions = mail.receive(554, b"no valid recipients")
    assert actions == [Signal.READY]
    assert mail.begin(BOB).startswith(b"MAIL" if data_reply == 354 else b"RSET\r\nMAIL")


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    mail = Transactions(Capabilities())
    assert mail.begin(ADA) == b"MAIL FROM:<b+1@bounces.example>\r\n"
    assert mail.receive(250, b"") == []
    assert mail.output == b"RCPT TO:<ada@example.org>\r\n"
    (refusal, ready) = mail.receive(450, b"4.2.1 later")
    assert (refusal, ready) == (Result(1, "ada@example.org", to_reply(450, b"4.2.1 later", "rcpt")), Signal.READY)
    assert mail.begin(BOB) == b"RSET\r\n"
    assert mail.receive(250, b"") == []
    assert mail.output == b"MAIL FROM:<b+2@bounces.example>\r\n"


@pytest.mark.parametrize("before", [0, 1, 2])
def test_421_may_come_at_any_time(before: int) -> None:
    mail = pipelined()
    mail.begin(ADA)
    for _ in range(before):
        mail.receive(250, b"")
    assert mail.receive(421, b"4.3.2 shutting down") == [Signal.CLOSING]
    assert mail.in_envelope is ADA
    assert mail.farewell is not None
    assert mail.farewell.enhanced == "4.3.2"
