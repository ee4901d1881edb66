"""SMTP as it goes wrong: over real sockets, against a server that misbehaves on demand."""

import dataclasses
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from deliverability.providers.base import ProviderConfig, Timeouts
from deliverability.providers.smtp import SmtpSession
from deliverability.types import OutgoingMessage
from tests.conformance.adapters import Run, finish, job_for, messages, work_off
from tests.smtp_server import SmtpServer, certificate_file


def config(port: int, **changes: Any) -> ProviderConfig:
    values: dict[str, Any] = {"kind": "smtp", "host": "127.0.0.1", "security": "none", "max_connections": 4}
    return ProviderConfig(port=port, **{**values, **changes})


def send(server: SmtpServer, mails: list[OutgoingMessage], **changes: Any) -> Run:
    run, session = job_for(mails), SmtpSession(config(server.port, **changes))
    work_off(session, run)
    session.close()
    return run


def assert_failed(run: Run, stage: str, *words: str) -> None:
    assert run.results == []
    assert run.job.failure is not None
    assert run.job.failure.stage == stage
    for word in (*words, "Nothing was sent"):
        assert word in run.job.failure.text


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nobody listens, and nobody else will meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_354_after_a_refused_recipient_gets_an_empty_message_that_nobody_receives(smtp_server: SmtpServer) -> None:
    smtp_server.data_without_recipients = "354"
    smtp_server.on_rcpt = lambda rcpt: "550 5.1.1 No such user" if "5@" in rcpt else None
    run = send(smtp_server, messages(50))
    assert Counter(result.reply.code for result in run.results) == {250: 45, 550: 5}
    assert Counter(smtp_server.recipients) == Counter(run.accepted)


def test_no_pipelining_offered_means_one_command_at_a_time() -> None:
    with SmtpServer(pipelining=False) as server:
        server.on_rcpt = lambda rcpt: "550 5.1.1 No such user" if "5@" in rcpt else None
        run = send(server, messages(50))
    assert len(run.results) == 50
    assert server.pipelined_unasked == []


def test_a_wrong_password_is_tried_once_and_explained() -> None:
    with SmtpServer(credentials=("ada", "right")) as server:
        run = send(server, messages(20), username="ada", password="wrong")
    assert_failed(run, "auth", "refused the user name or password", "535 5.7.8", "Correct them")
    assert server.connections == 1
    assert server.messages == []


def test_log_in_by_auth_login() -> None:
    with SmtpServer(credentials=("ada", "secret"), auth_mechanisms="LOGIN") as server:
        run = send(server, messages(3), username="ada", password="secret")
    assert len(run.accepted) == 3


def test_a_server_without_log_in_is_explained(smtp_server: SmtpServer) -> None:
    run = send(smtp_server, messages(3), username="ada", password="secret")
    assert_failed(run, "auth", "offers no log-in", "STARTTLS")


def test_a_server_that_is_down_is_explained(free_port: int) -> None:
    run, session = job_for(messages(3)), SmtpSession(config(free_port))
    work_off(session, run)
    session.close()
    assert_failed(run, "connect", f"127.0.0.1:{free_port} cannot be reached", "refused", "Check that it runs")


def test_a_name_that_does_not_exist_is_explained() -> None:
    run, session = job_for(messages(3)), SmtpSession(config(25, host="mail.invalid"))
    work_off(session, run)
    session.close()
    assert_failed(run, "connect", "mail.invalid:25 cannot be reached")


def test_tls_that_is_required_but_not_offered_never_becomes_plain_text(smtp_server: SmtpServer) -> None:
    run = send(smtp_server, messages(3), security="starttls")
    assert_failed(run, "starttls", "offers no STARTTLS")
    assert not [command for command in smtp_server.commands if not command.startswith("EHLO")]


@pytest.mark.parametrize(("security", "tls"), [("starttls", "starttls"), ("tls", "implicit")])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: str, tls: Any) -> None:
    with SmtpServer(tls=tls) as server:
        run = send(server, messages(3), security=security)
    assert_failed(run, "starttls", "certificate is not valid for 127.0.0.1")
    assert server.messages == []


def test_plain_text_on_a_tls_port_and_the_reverse_are_explained(smtp_server: SmtpServer) -> None:
    run = send(smtp_server, messages(1), security="tls")
    assert_failed(run, "starttls", "encryption setting fits the port")


def test_a_certificate_for_another_name_is_refused() -> None:
    with SmtpServer(tls="starttls") as server:
        run = send(server, messages(1), security="starttls", host="localhost", ca_file=str(certificate_file()))
    assert_failed(run, "starttls", "certificate is not valid for localhost")


def test_localhost_is_found_whichever_address_it_has_first(smtp_server: SmtpServer) -> None:
    assert len(send(smtp_server, messages(2), host="localhost").accepted) == 2


def test_a_message_beyond_the_announced_size_stays_here() -> None:
    with SmtpServer(size_limit=5000) as server:
        big = dataclasses.replace(messages(1)[0], recipient_id=99, data=b"x" * 70 + b"\r\n" * 5000)
        run = send(server, [*messages(2), big])
    (refused,) = [result.reply for result in run.results if result.recipient_id == 99]
    assert (refused.code, refused.enhanced) == (552, "5.3.4")
    assert len(server.messages) == 2


@pytest.mark.parametrize("is_offered", [True, False])
def test_international_addresses_go_only_where_they_are_understood(smtp_server: SmtpServer, is_offered: bool) -> None:
    smtp_server.smtputf8 = is_offered
    mail = dataclasses.replace(messages(1)[0], address="žofie@huila.example", smtputf8=True)
    (result,) = send(smtp_server, [mail]).results
    assert (result.reply.code, result.reply.enhanced) == ((250, "2.0.0") if is_offered else (550, "5.6.7"))
    assert smtp_server.recipients == (["žofie@huila.example"] if is_offered else [])


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<eve@evil.example", "a b@c.example", "a\n@c.example"])
def test_no_address_smuggles_a_command(smtp_server: SmtpServer, address: str) -> None:
    mails = [dataclasses.replace(messages(1)[0], address=address), *messages(3)[1:]]
    run = send(smtp_server, mails)
    assert Counter(result.reply.code for result in run.results) == {553: 1, 250: 2}
    assert not [command for command in smtp_server.commands if "evil" in command]


def test_a_server_that_ends_connections_after_some_messages_gets_the_rest_on_new_ones(smtp_server: SmtpServer) -> None:
    smtp_server.max_messages_per_connection = 5
    run = send(smtp_server, messages(100))
    assert Counter(smtp_server.recipients) == Counter(run.accepted) == Counter(mail.address for mail in messages(100))


def test_a_server_that_grants_fewer_connections_is_not_pressed(smtp_server: SmtpServer) -> None:
    smtp_server.drop = lambda moment, connection, done: moment == "connect" and smtp_server.open_connections > 2
    smtp_server.delay = lambda rcpt: 0.01
    run = send(smtp_server, messages(60))
    assert len(run.accepted) == 60
    assert run.job.failure is None
    assert smtp_server.connections <= 8


def test_421_as_the_greeting_is_explained(smtp_server: SmtpServer) -> None:
    smtp_server.greeting = "421 4.7.0 Too many connections from your address"
    run = send(smtp_server, messages(5))
    assert run.job.failure is not None
    assert (run.job.failure.code, run.job.failure.enhanced) == (421, "4.7.0")
    assert smtp_server.connections == 1


def test_421_in_answer_to_a_body_is_that_message_s_result(smtp_server: SmtpServer) -> None:
    smtp_server.on_data = lambda rcpt: "421 4.7.28 Unusual rate" if "reader7@" in rcpt else None
    run = send(smtp_server, messages(40))
    refused = [result for result in run.results if result.reply.code != 250]
    assert [(result.recipient_id, result.reply.code, result.reply.enhanced) for result in refused] == [
        (7, 421, "4.7.28")
    ]
    assert len(run.accepted) == 39


def test_a_recipient_who_ends_every_connection_does_not_hold_up_the_others(smtp_server: SmtpServer) -> None:
    smtp_server.on_rcpt = lambda rcpt: "421 4.3.0 Fatal error" if "reader7@" in rcpt else None
    run = send(smtp_server, messages(40))
    assert len(run.accepted) == 39
    (refused,) = [result for result in run.results if result.reply.code != 250]
    assert (refused.recipient_id, refused.reply.code, refused.reply.stage) == (7, 421, "rcpt")


def test_a_connection_cut_inside_a_body_was_surely_no_delivery(smtp_server: SmtpServer) -> None:
    """More than any socket buffer holds, so that the final dot cannot have left."""
    smtp_server.drop = lambda moment, connection, done: moment == "mid-body" and connection <= 2
    body = b"Subject: big\r\n\r\n" + b"x" * 78 + b"\r\n" * 10_000_000
    run = send(smtp_server, [dataclasses.replace(mail, data=body) for mail in messages(3)])
    assert sorted(run.accepted) == sorted(mail.address for mail in messages(3))
    assert sorted(smtp_server.recipients) == sorted(run.accepted)
    assert all(mail.data == body for mail in smtp_server.messages)


def test_silence_after_the_final_dot_is_an_unknown_fate(smtp_server: SmtpServer) -> None:
    smtp_server.delay = lambda rcpt: 5.0 if "reader1@" in rcpt else 0.0
    run = send(smtp_server, messages(10), timeouts=Timeouts(connect=5, command=5, data=5, final=0.3))
    unknown = [result for result in run.results if result.reply.code == 0]
    assert [(result.recipient_id, result.reply.stage) for result in unknown] == [(1, "body")]
    assert "in time" in unknown[0].reply.text
    assert len(run.accepted) == 9


def test_a_server_that_never_greets_is_given_up(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        run = job_for(messages(2))
        session = SmtpSession(config(silent.getsockname()[1], timeouts=Timeouts(connect=0.3, command=0.3)))
        work_off(session, run)
        session.close()
    assert_failed(run, "connect", "did not answer in time")


def test_a_server_that_speaks_something_else_is_explained(smtp_server: SmtpServer) -> None:
    smtp_server.greeting = "HTTP/1.1 400 Bad Request"
    assert_failed(send(smtp_server, messages(2)), "connect", "HTTP/1.1 400")


def test_connections_that_the_server_closed_meanwhile_are_not_missed(smtp_server: SmtpServer) -> None:
    session = SmtpSession(config(smtp_server.port))
    first, second = job_for(messages(20, "first")), job_for(messages(20, "second"))
    work_off(session, first)
    smtp_server.stop()
    smtp_server.start()
    work_off(session, second)
    session.close()
    assert len(first.accepted) == len(second.accepted) == 20
    assert len(smtp_server.messages) == 40


def test_a_server_that_dies_fails_the_job_and_serves_the_next_when_it_is_back(smtp_server: SmtpServer) -> None:
    session = SmtpSession(config(smtp_server.port))
    smtp_server.delay = lambda rcpt: 0.01
    run = job_for(messages(500))
    session.submit(run.job)
    while len(run.results) < 20:
        session.poll(0.05)
    smtp_server.stop()
    finish(session, run)
    assert run.job.failure is not None
    assert run.job.failure.stage == "connect"
    assert sum(result.reply.code == 0 for result in run.results) <= 4
    smtp_server.start()
    told = {result.recipient_id for result in run.results}
    rest = job_for([mail for mail in messages(500) if mail.recipient_id not in told])
    smtp_server.delay = lambda rcpt: 0.0
    work_off(session, rest)
    session.close()
    assert set(smtp_server.recipients) >= {result.address for result in run.results + rest.results if result.reply.code}
    assert max(Counter(smtp_server.recipients).values()) == 1


def test_more_jobs_than_connections_all_get_their_turn(smtp_server: SmtpServer) -> None:
    session = SmtpSession(config(smtp_server.port, max_connections=2))
    runs = [job_for(messages(30, f"job{number}-")) for number in range(5)]
    work_off(session, *runs)
    session.close()
    assert [len(run.accepted) for run in runs] == [30] * 5
    assert smtp_server.most_open_connections <= 2


def test_connections_given_up_for_a_small_job_go_back_to_the_large_one(smtp_server: SmtpServer) -> None:
    smtp_server.delay = lambda rcpt: 0.1 if rcpt.startswith("large") else 0.0
    session = SmtpSession(config(smtp_server.port))
    large, small = job_for(messages(24, "large")), job_for(messages(50, "small"), connections=1)
    session.submit(large.job)
    while smtp_server.open_connections < 4:
        session.poll(0.02)
    # All four answer at the same moment, and the small job needs but one of them.
    work_off(session, small)
    finish(session, large)
    session.close()
    assert (len(large.accepted), len(small.accepted)) == (24, 50)


def test_what_record_raises_reaches_the_dispatcher_before_another_body_leaves(smtp_server: SmtpServer) -> None:
    def disk_full(_: object) -> None:
        raise OSError("No space left on device")

    run, session = job_for(messages(10), connections=1), SmtpSession(config(smtp_server.port))
    run.job.record = disk_full
    with pytest.raises(OSError, match="No space"):
        work_off(session, run)
    session.close()
    assert len(smtp_server.messages) == 1


def test_goodbye_is_said(smtp_server: SmtpServer) -> None:
    send(smtp_server, messages(10))
    assert smtp_server.commands.count("QUIT") == smtp_server.connections
