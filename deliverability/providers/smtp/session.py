"""Many jobs over one pool of connections to one server, driven by one selector."""

import time
from collections.abc import Iterable

from deliverability.providers.base import Job, ProviderConfig
from deliverability.providers.smtp.connection import Connection
from deliverability.providers.smtp.handshake import HandshakeFailed
from deliverability.providers.smtp.pool import Pool
from deliverability.providers.smtp.transactions import Signal
from deliverability.providers.smtp.transport import ConnectionLost
from deliverability.providers.smtp.work import Work
from deliverability.types import OutgoingMessage, Reply, Result

_DEADLINE_CHECK_SECONDS = 0.25
_FAREWELL_SECONDS = 1.0


class SmtpSession:
    """Implements `Session` for an SMTP server.

    A connection goes to a job for one message at a time and stays as long as the job has more, unless another job
    gets less than its share: then it changes hands between two messages, so a slow job cannot starve a fast one.
    """

    def __init__(self, config: ProviderConfig) -> None:
        self._pool = Pool(config)
        self._works: dict[Job, Work] = {}
        self._share = config.max_connections
        self._is_starved = False
        self._needs_assignment = False
        self.has_finished = False
        self._check_deadlines_at = 0.0

    def submit(self, job: Job) -> None:
        self._works[job] = Work(job)
        self._needs_assignment = True

    def is_done(self, job: Job) -> bool:
        return job not in self._works

    def poll(self, timeout: float) -> None:
        now = time.monotonic()
        end = now + timeout
        self.has_finished = False
        while True:
            # Before idle connections are used again, the selector gets to say which of them the server has closed.
            wait = 0.0 if self._needs_assignment or not self._works else min(end, self._check_deadlines_at) - now
            ready = self._pool.selector.select(max(0.0, wait))
            now = time.monotonic()
            for key, mask in ready:
                self._run(key.data, key.data.advance(mask, now), now)
            if now >= self._check_deadlines_at:
                self._check_deadlines(now)
            if self._needs_assignment:
                self._assign(now)
            if self.has_finished or not self._works or now >= end:
                return

    def keep(self, most: int) -> int:
        # More may be allowed now: whoever waited for a connection is looked at again.
        self._needs_assignment = True
        return self._pool.keep(most, time.monotonic())

    def fileno(self) -> int:
        return self._pool.fileno()

    def close(self) -> None:
        now = time.monotonic()
        end = now + _FAREWELL_SECONDS
        self._works.clear()
        self._pool.retire_all(now)
        while self._pool and now < end:
            for key, mask in self._pool.selector.select(end - now):
                self._run(key.data, key.data.advance(mask, now), now)
            now = time.monotonic()
        self._pool.close()

    def abandon(self, problem: str) -> None:
        for connection in self._pool.members():
            if connection.is_open and not connection.is_quitting:
                self._on_lost(connection, problem)
            else:
                self._drop(connection)
        self._works.clear()

    def _run(self, connection: Connection, actions: Iterable[Result | Signal], now: float) -> None:
        """Acts on what a connection reports, in order: a result is recorded before the next body is written."""
        try:
            for action in actions:
                if action is Signal.GO_AHEAD:
                    if not self._send_body(connection, now):
                        return
                elif action is Signal.READY:
                    self._continue(connection, now)
                elif action is Signal.CLOSING:
                    raise ConnectionLost("the server closed the connection")
                elif isinstance(action, Result) and connection.work is not None:
                    connection.completed += 1
                    connection.work.job.record(action)
        except (HandshakeFailed, ConnectionLost) as error:
            self._end(connection, error, now)

    def _end(self, connection: Connection, error: HandshakeFailed | ConnectionLost, now: float) -> None:
        if isinstance(error, HandshakeFailed):
            self._on_refused(connection, error, now)
        else:
            self._on_lost(connection, str(error))

    def _send_body(self, connection: Connection, now: float) -> bool:
        work = connection.work
        if work is None or not work.may_send():
            # The server waits for a body that must not be sent: only closing the connection ends that transaction.
            self._drop(connection)
            return False
        connection.send_body(self._next_for(connection, work) if connection.may_pipeline else None, now)
        return True

    def _continue(self, connection: Connection, now: float) -> None:
        work = connection.work
        if work is None:
            return
        if connection.waiting is not None:
            self._pool.prove()
            self._needs_assignment = True
            work.give_back(connection.waiting)
            connection.waiting = None
        message = self._next_for(connection, work) if connection.may_take_more else None
        if message is not None:
            connection.begin(message, now)
            return
        self._part(connection)
        if connection.may_take_more:
            self._pool.rest(connection, now)
        else:
            connection.quit(now)

    def _next_for(self, connection: Connection, work: Work) -> OutgoingMessage | None:
        if self._is_starved and work.connections > self._share:
            return None
        while (message := work.next_message()) is not None:
            objection = connection.mail.objection(message)
            if objection is None:
                return message
            work.record(message, objection)
        return None

    def _assign(self, now: float) -> None:
        """Gives connections to jobs: first to each its share, then what is left to whoever can use it."""
        # Until it is known again who is starved, nobody gives way: a connection would go round in circles.
        self._needs_assignment = self._is_starved = False
        works = list(self._works.values())
        ceiling = self._pool.ceiling(now)
        self._share = max(1, ceiling // max(1, len(works)))
        for limit in (self._share, ceiling):
            for work in works:
                self._employ(work, min(limit, work.job.connections), now)
        self._is_starved = any(
            work.has_messages and work.connections < min(self._share, work.job.connections) for work in works
        )
        for work in works:
            if work.is_done and self._works.pop(work.job, None) is not None:
                # Its share goes to the others.
                self.has_finished = self._needs_assignment = True

    def _employ(self, work: Work, limit: int, now: float) -> None:
        while work.connections < limit and (message := work.next_message()) is not None:
            try:
                connection = self._pool.take(now)
            except HandshakeFailed as failed:
                work.give_back(message)
                self._make_do(failed, now)
                return
            if connection is None:
                work.give_back(message)
                return
            connection.work, connection.waiting = work, message
            work.connections += 1
            if connection.is_open:
                self._run(connection, (Signal.READY,), now)

    def _on_refused(self, connection: Connection, failed: HandshakeFailed, now: float) -> None:
        work, message = connection.work, connection.waiting
        self._drop(connection)
        if work is not None and message is not None:
            work.give_back(message)
        self._make_do(failed, now)

    def _make_do(self, failed: HandshakeFailed, now: float) -> None:
        self._needs_assignment = True
        settled = self._pool.settle_for_less(now)
        for work in self._works.values():
            if settled:
                work.job.notice(failed.reply)
            else:
                work.fail(failed.reply)

    def _on_lost(self, connection: Connection, problem: str) -> None:
        work = connection.work
        if work is None:
            self._drop(connection)
            return
        for result in connection.last_words():
            connection.completed += 1
            work.job.record(result)
        self._drop(connection)
        mail = connection.mail
        if mail.in_body is not None and connection.is_dot_sent:
            work.record(mail.in_body, Reply(0, f"No answer to the message: {problem}", stage="body"))
        elif mail.in_body is not None:
            self._return(mail.in_body, connection, work, Reply(0, problem, stage="data"))
        if mail.in_envelope is not None:
            self._return(mail.in_envelope, connection, work, mail.farewell or Reply(0, problem, stage="mail"))

    def _return(self, message: OutgoingMessage, connection: Connection, work: Work, farewell: Reply) -> None:
        if connection.completed:
            work.give_back(message)
        else:
            work.try_again(message, farewell)

    def _part(self, connection: Connection) -> None:
        """The connection holds no message of its job any more."""
        if connection.work is not None:
            connection.work.connections -= 1
            connection.work = None
        self._needs_assignment = True

    def _drop(self, connection: Connection) -> None:
        self._part(connection)
        self._pool.drop(connection)

    def _check_deadlines(self, now: float) -> None:
        self._check_deadlines_at = now + _DEADLINE_CHECK_SECONDS
        for connection in self._pool.late(now):
            if connection.is_quitting:
                self._drop(connection)
            elif not self._pool.retire(connection, now):
                self._end(connection, connection.timeout(), now)
