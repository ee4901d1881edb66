"""What ESPs do to whoever sends through their APIs, and what the dispatcher may rely on all the same."""

import base64
import itertools
from collections import Counter
from collections.abc import Iterator

import pytest

from deliverability.rules.replies import classify_reply
from deliverability.rules.tokens import sign_token
from deliverability.types import OutgoingMessage
from tests.conformance.adapters import SECRETS, Adapter, Run, esp, finish, job_for, messages, work_off
from tests.esp_server import DIALECTS, Answer, Asked, EspServer

RAW = {"amazon_ses", "mailgun", "mandrill", "postal", "sparkpost"}
# Two mails of one mailing as the composer makes them, with text in two parts and all headers of marketing mail.
CONTENT = (
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Hello %NAME%, caf=C3=A9 {{ braces }}\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<p>Hello %NAME%</p>\r\n--b--\r\n"
)


def marketing_mail(number: int) -> OutgoingMessage:
    token, address = sign_token(b"key", 7, number), f"ada{number}@huila.example"
    head = (
        f"From: =?utf-8?q?Caf=C3=A9?= <hello@huila.example>\r\nReply-To: answers@huila.example\r\n"
        f"List-Id: <news.huila.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        f"To: {address}\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{token}@bounces.huila.example>\r\n"
        f"List-Unsubscribe: <https://huila.example/u/{token}>\r\n"
    )
    data = head.encode() + CONTENT.replace(b"%NAME%", f"Ada {number}".encode())
    return OutgoingMessage(number, address, f"b+{token}@bounces.huila.example", data)


@pytest.fixture(params=DIALECTS)
def adapter(request: pytest.FixtureRequest) -> Iterator[Adapter]:
    with esp(request.param) as made:
        yield made


@pytest.fixture
def api(adapter: Adapter) -> EspServer:
    assert adapter.api
    return adapter.api


def sent(adapter: Adapter, *mails: OutgoingMessage, connections: int = 4) -> Run:
    run, session = job_for(list(mails), connections), adapter.open()
    work_off(session, run)
    session.close()
    return run


def test_each_mail_arrives_with_its_own_words_and_headers(adapter: Adapter, api: EspServer) -> None:
    run = sent(adapter, marketing_mail(1), marketing_mail(2), connections=1)
    assert len(run.accepted) == 2
    said = "".join(whole(adapter.config.kind, asked) for asked in api.asked)
    for number in (1, 2):
        assert f"Ada {number}" in said
        # One-click unsubscribing survives every API, and webhooks can bring back whom they speak of.
        token = sign_token(b"key", 7, number)
        assert f"https://huila.example/u/{token}" in said
        assert said.count(token) >= 2
    assert "List-Unsubscribe=One-Click" in said
    assert "answers@huila.example" in said
    assert "hello@huila.example" in said
    assert "Content-Transfer-Encoding" in said or adapter.config.kind not in RAW


def whole(kind: str, asked: Asked) -> str:
    """A call as text, with what is packed in base64 laid open."""
    text = asked.body.decode("utf-8", "replace")
    if kind == "amazon_ses":
        text += base64.b64decode(asked.json["Content"]["Raw"]["Data"]).decode()
    if kind == "postal":
        text += base64.b64decode(asked.json["data"]).decode()
    return text


@pytest.mark.parametrize("kind", sorted(RAW))
def test_finished_mails_leave_as_they_are(kind: str) -> None:
    with esp(kind) as adapter:
        sent(adapter, marketing_mail(1))
        assert adapter.api
        said = whole(kind, adapter.api.asked[0]).replace("\\r\\n", "\r\n").replace('\\"', '"')
    assert marketing_mail(1).data.decode() in said


def test_a_refused_recipient_is_reported_and_stops_nobody_else(adapter: Adapter, api: EspServer) -> None:
    api.refuse = lambda address: address.startswith(("reader3@", "reader17@"))
    run = sent(adapter, *messages(40))
    refused = {result.address: result.reply for result in run.results if result.reply.code != 250}
    assert set(refused) == {"reader3@huila.example", "reader17@huila.example"}
    assert {reply.code for reply in refused.values()} == {550}
    assert Counter(api.recipients) >= Counter(run.accepted)
    assert len(run.accepted) == 38


def test_without_an_answer_the_fate_is_unknown_and_nothing_is_repeated(adapter: Adapter, api: EspServer) -> None:
    calls = itertools.count(1)
    api.cut = lambda asked: next(calls) == 2
    run = sent(adapter, *messages(60), connections=1)
    unknown = [result.address for result in run.results if result.reply.code == 0]
    assert {result.reply.stage for result in run.results if result.reply.code == 0} == {"body"}
    assert 1 <= len(unknown) <= adapter.unit
    assert Counter(run.accepted + unknown) == Counter(mail.address for mail in messages(60))
    assert max(Counter(api.recipients).values()) == 1


def test_an_api_that_cannot_be_reached_costs_nobody_anything(adapter: Adapter) -> None:
    run = job_for(messages(30))
    session = adapter.open(options={**adapter.config.options, "api_url": "http://127.0.0.1:9/"})
    work_off(session, run)
    session.close()
    assert run.results == []
    assert run.job.failure is not None
    assert run.job.failure.code == 0


def test_a_short_rest_is_kept_and_nobody_notices(adapter: Adapter, api: EspServer) -> None:
    calls = itertools.count()
    api.before = lambda asked: Answer(429, {"message": "slow"}, {"Retry-After": "0.2"}) if next(calls) == 1 else None
    run = sent(adapter, *messages(60))
    assert Counter(run.accepted) == Counter(api.recipients) == Counter(mail.address for mail in messages(60))


def test_whoever_is_too_fast_for_long_puts_off_and_says_that_it_is_the_rate(adapter: Adapter, api: EspServer) -> None:
    api.before = lambda asked: Answer(429, {"message": "slow down"}, {"Retry-After": "0.02"})
    run = sent(adapter, *messages(3), connections=1)
    assert {result.reply.code for result in run.results} == {451}
    assert {classify_reply(451, one.reply.enhanced, one.reply.text).action for one in run.results} == {"throttle"}


def test_a_used_up_quota_stops_the_job_with_the_words_of_the_api(adapter: Adapter, api: EspServer) -> None:
    api.before = lambda asked: Answer(429, {"message": "monthly quota used up"}, {"Retry-After": "86400"})
    run = sent(adapter, *messages(60))
    assert run.results == []
    assert run.job.failure is not None
    assert "monthly quota used up" in run.job.failure.text


def test_a_refused_key_stops_the_job_and_fails_nobody(adapter: Adapter, api: EspServer) -> None:
    api.before = lambda asked: Answer(401, {"message": "bad key"})
    run = sent(adapter, *messages(60))
    assert run.results == []
    assert run.job.failure is not None
    assert classify_reply(run.job.failure.code, "", run.job.failure.text).kind == "authentication"


def test_a_sender_that_is_not_verified_holds_the_stream_and_fails_nobody(adapter: Adapter, api: EspServer) -> None:
    api.before = lambda asked: Answer(422, {"message": "The From address is not a verified sender identity."})
    run = sent(adapter, *messages(4))
    verdicts = [classify_reply(one.reply.code, one.reply.enhanced, one.reply.text) for one in run.results]
    assert {verdict.action for verdict in verdicts} == {"hold_stream"}
    assert len(verdicts) == 4


def test_trouble_at_the_api_puts_everybody_off(adapter: Adapter, api: EspServer) -> None:
    api.before = lambda asked: Answer(500, {"message": "Internal Server Error"})
    run = sent(adapter, *messages(4))
    assert {result.reply.code for result in run.results} == {451}
    assert len(run.results) == 4


def test_a_gateway_that_gives_up_leaves_the_fate_unknown(adapter: Adapter, api: EspServer) -> None:
    api.before = lambda asked: Answer(504, "upstream timed out")
    run = sent(adapter, *messages(4))
    assert {(result.reply.code, result.reply.stage) for result in run.results} == {(0, "body")}


def test_a_slow_job_does_not_hold_up_another(adapter: Adapter, api: EspServer) -> None:
    api.delay = lambda asked: 0.2 if asked.recipients[0].startswith("slow") else 0.0
    slow, fast = job_for(messages(8 * adapter.unit, "slow")), job_for(messages(60, "fast"))
    session = adapter.open()
    session.submit(slow.job)
    session.poll(0.05)
    work_off(session, fast)
    assert len(fast.accepted) == 60
    assert len(slow.results) < 8 * adapter.unit
    finish(session, slow)
    session.close()


def test_the_conversation_shows_everything_but_keys(adapter: Adapter) -> None:
    heard: list[tuple[bool, bytes]] = []
    run = job_for([marketing_mail(1)])
    session = adapter.open(listen=lambda is_ours, piece: heard.append((is_ours, piece)))
    work_off(session, run)
    session.close()
    (asked, words), (answered, answer) = heard
    assert (asked, answered) == (True, False)
    assert b"POST http://127.0.0.1" in words
    assert b"HTTP/1.1" in answer or b"HTTP 20" in answer
    for secret in SECRETS.values():
        assert secret.encode() not in words + answer
        assert base64.b64encode(f"api:{secret}".encode()) not in words + answer


def test_a_mail_that_an_api_cannot_carry_is_refused_alone(adapter: Adapter) -> None:
    broken = OutgoingMessage(99, "no address at all", "b@bounces.huila.example", b"Subject: x\r\n\r\nx\r\n")
    run = sent(adapter, *messages(3), broken, *messages(6)[3:])
    if adapter.config.kind in RAW:
        assert len(run.results) == 7
    else:
        refused = [result for result in run.results if result.reply.code != 250]
        assert [(one.recipient_id, one.reply.code) for one in refused] == [(99, 554)]
        assert len(run.accepted) == 6
