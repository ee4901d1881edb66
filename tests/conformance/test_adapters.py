"""What the dispatcher relies on, proved for every registered adapter."""

import dataclasses
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from deliverability.errors import UnknownProviderKind
from deliverability.providers.base import ProviderConfig
from deliverability.providers.registry import open_session, provider_kinds
from deliverability.types import OutgoingMessage
from tests.conformance.adapters import ADAPTERS, BODY, Adapter, finish, job_for, messages, work_off


@pytest.fixture(params=[name for name in ADAPTERS if name.startswith("smtp")])
def relay(request: pytest.FixtureRequest) -> Iterator[Adapter]:
    """An adapter behind which an SMTP server can misbehave; what ESPs can do wrong is in test_esps."""
    with ADAPTERS[request.param]() as made:
        yield made


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Iterator[Adapter]:
    with ADAPTERS[request.param]() as made:
        yield made


def test_every_registered_kind_is_under_test() -> None:
    tested = set()
    for make in ADAPTERS.values():
        with make() as adapter:
            tested.add(adapter.config.kind)
    assert tested == set(provider_kinds())


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(UnknownProviderKind, match=r"pigeon.*sandbox.*smtp"):
        open_session(ProviderConfig(kind="pigeon"))


def test_every_message_is_accepted_once_and_reported_once(adapter: Adapter) -> None:
    run, session = job_for(messages(100)), adapter.open()
    work_off(session, run)
    session.close()
    assert Counter(run.accepted) == Counter(mail.address for mail in messages(100))
    if adapter.recipients is not None:
        assert Counter(adapter.recipients) == Counter(run.accepted)
    if adapter.server:
        assert {mail.data for mail in adapter.server.messages} == {BODY}
        assert adapter.server.messages[0].mail_from.startswith("b+")


def test_bodies_beyond_any_socket_buffer_arrive_whole(adapter: Adapter) -> None:
    mails = [dataclasses.replace(mail, data=BODY * (300 + mail.recipient_id)) for mail in messages(12)]
    run, session = job_for(mails, connections=3), adapter.open()
    work_off(session, run)
    session.close()
    assert len(run.accepted) == 12
    if adapter.server:
        arrived = {mail.rcpt[0]: mail.data for mail in adapter.server.messages}
        assert arrived == {mail.address: mail.data for mail in mails}


def test_an_empty_job_is_done_without_a_connection(adapter: Adapter) -> None:
    run, session = job_for([]), adapter.open()
    work_off(session, run)
    session.close()
    assert run.results == []
    there = adapter.server or adapter.api
    assert there is None or there.connections == 0


def test_refused_recipients_are_reported_and_stop_nobody_else(relay: Adapter) -> None:
    server = relay.server
    assert server
    server.on_rcpt = lambda rcpt: "550 5.1.1 No such user" if rcpt.split("@")[0][-1] in "37" else None
    server.on_data = lambda rcpt: "451 4.7.1 Greylisted" if rcpt.split("@")[0][-1] == "5" else None
    run, session = job_for(messages(60)), relay.open()
    work_off(session, run)
    session.close()
    seen = Counter((result.reply.code, result.reply.enhanced, result.reply.stage) for result in run.results)
    assert seen == {(550, "5.1.1", "rcpt"): 12, (451, "4.7.1", "body"): 6, (250, "2.0.0", "body"): 42}
    assert Counter(server.recipients) == Counter(run.accepted)


def test_a_reply_is_recorded_before_the_next_body_leaves(adapter: Adapter) -> None:
    """The crash rule: with one connection, at most one message (one call) is ever without a record."""
    run = job_for(messages(30), connections=1)
    unrecorded = []

    def may_send() -> bool:
        # Asked right before each body: all earlier ones must have their result by now.
        unrecorded.append(len(unrecorded) - len(run.results))
        return True

    run.job.may_send = may_send
    session = adapter.open()
    work_off(session, run)
    session.close()
    assert [left // adapter.unit for left in unrecorded] == [0] * 30


def test_a_no_from_the_dispatcher_stops_the_job_and_sends_nothing_more(adapter: Adapter) -> None:
    allowed = iter([True] * 10)
    run, session = job_for(messages(100), may_send=lambda: next(allowed, False)), adapter.open()
    work_off(session, run)
    session.close()
    assert len(run.accepted) == len(run.results) == 10
    assert adapter.recipients is None or Counter(adapter.recipients) == Counter(run.accepted)


def test_messages_are_composed_only_as_connections_can_take_them(adapter: Adapter) -> None:
    pulled = 0
    run = job_for([], connections=2)

    def compose() -> Iterator[OutgoingMessage]:
        nonlocal pulled
        for message in messages(50):
            pulled += 1
            # Two connections, each with a body under way and the next envelope.
            assert pulled - len(run.results) <= 4 * adapter.unit
            yield message

    run.job.messages = compose()
    session = adapter.open()
    work_off(session, run)
    session.close()
    assert len(run.accepted) == 50


def test_limits_on_connections_and_on_messages_per_connection_are_kept(adapter: Adapter) -> None:
    run, session = job_for(messages(60), connections=9), adapter.open(max_connections=3, max_messages_per_connection=7)
    work_off(session, run)
    session.close()
    assert len(run.accepted) == 60
    if adapter.server:
        assert adapter.server.most_open_connections <= 3
        per_connection = Counter(mail.connection for mail in adapter.server.messages)
        assert max(per_connection.values()) == 7
    if adapter.api:
        assert adapter.api.connections <= 3


def test_a_job_keeps_to_its_own_budget_of_connections(adapter: Adapter) -> None:
    run, session = job_for(messages(40), connections=2), adapter.open()
    work_off(session, run)
    session.close()
    assert len(run.accepted) == 40
    assert adapter.server is None or adapter.server.most_open_connections == 2
    assert adapter.api is None or adapter.api.most_at_once <= 2


def test_later_jobs_use_the_connections_of_earlier_ones(adapter: Adapter) -> None:
    session = adapter.open()
    runs = [job_for(messages(20, prefix=f"job{number}-")) for number in range(3)]
    for run in runs:
        work_off(session, run)
    session.close()
    assert [len(run.accepted) for run in runs] == [20, 20, 20]
    there = adapter.server or adapter.api
    assert there is None or there.connections <= 4


def test_who_is_abandoned_may_have_it_and_nobody_else(adapter: Adapter) -> None:
    """A provider is taken for dead: whatever it took or may have taken has a result, and nothing more leaves."""
    run, session = job_for(messages(60)), adapter.open()
    if adapter.server:
        # Longer than a busy machine takes for what follows, so that no connection comes to its second mail.
        adapter.server.delay = lambda rcpt: 1.0
    session.submit(run.job)
    for _ in range(15):
        session.poll(0.01)
    session.abandon("It fell silent.")
    session.close()
    # What the server took all the same is known by then.
    time.sleep(1.3 if adapter.server else 0.3)

    told = [result.address for result in run.results]
    assert len(told) == len(set(told))
    assert {result.reply.stage for result in run.results if result.reply.code == 0} <= {"body"}
    assert adapter.recipients is None or set(adapter.recipients) <= set(told)
    if adapter.server:
        assert 1 <= len(told) <= 4, "one on each connection"


def test_a_slow_job_does_not_hold_up_another(relay: Adapter) -> None:
    server = relay.server
    assert server
    server.delay = lambda rcpt: 0.15 if rcpt.startswith("slow") else 0.0
    slow, fast = job_for(messages(12, "slow")), job_for(messages(100, "fast"))
    session = relay.open()
    session.submit(slow.job)
    session.poll(0.1)  # by now the slow job has all four connections
    work_off(session, fast)
    assert len(fast.accepted) == 100
    assert len(slow.accepted) < 12
    finish(session, slow)
    session.close()
    assert Counter(server.recipients) == Counter(slow.accepted + fast.accepted)


@pytest.mark.parametrize("moment", ["mail", "rcpt", "data", "body", "accepted"])
def test_a_cut_connection_loses_nobody_and_repeats_nobody(relay: Adapter, moment: str) -> None:
    server = relay.server
    assert server
    server.drop = lambda when, connection, done: when == moment and connection <= 4 and done >= 5
    run, session = job_for(messages(100)), relay.open()
    work_off(session, run)
    session.close()
    unknown = [result.address for result in run.results if result.reply.code == 0 and result.reply.stage == "body"]
    assert Counter(run.accepted + unknown) == Counter(mail.address for mail in messages(100))
    arrived = Counter(server.recipients)
    assert max(arrived.values()) == 1
    assert set(run.accepted) <= set(arrived)
    # Only what was cut after the final dot may be unknown: one message on each of four connections.
    assert len(unknown) == (4 if moment in ("body", "accepted") else 0)
