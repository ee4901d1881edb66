"""Many jobs over a few connections to one ESP's API; the waiting is done by threads, everything else by `poll`."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from deliverability.providers.base import Job, ProviderConfig
from deliverability.providers.esp.exchange import Outcome, Silence, Unwritable
from deliverability.providers.esp.kinds import ESP_APIS
from deliverability.providers.esp.line import Line, Report
from deliverability.providers.esp.verdicts import Closed, Divide, Later, Verdict
from deliverability.types import OutgoingMessage, Reply, Result

# A call longer than this would take an API's whole patience.
MOST_BYTES = 5_000_000
# Whoever asks us to wait longer is out of quota: the stream stands still and says so.
LONGEST_PAUSE_SECONDS = 30.0
# After so many refusals in a row for our speed, the messages go back with a longer delay and the lane slows down.
PATIENCE = 3
GROWTH = 0.2


@dataclass(eq=False, slots=True)
class _Work:
    """A job under way. `returned` was not taken and goes first; `alone` must not share a call again."""

    job: Job
    returned: list[OutgoingMessage] = field(default_factory=list)
    alone: list[OutgoingMessage] = field(default_factory=list)
    calls: int = 0
    is_over: bool = False


class EspSession:
    """Implements `Session` for every ESP kind. A connection is a thread with an HTTP connection of its own.

    The journal rule holds per call: its results are recorded before the same connection gets another one.
    """

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config
        self._api = ESP_APIS[config.kind](config.options, config.secrets)
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._idle: list[Line] = []
        self._lines: dict[Line, tuple[_Work, Sequence[OutgoingMessage]] | None] = {}
        self._works: dict[Job, _Work] = {}
        # Halved whenever the API finds us too fast, and grown with every call that it takes.
        self._ceiling = float(config.max_connections)
        self._resumes_at = 0.0
        self._setbacks = 0

    def submit(self, job: Job) -> None:
        self._works[job] = _Work(job)

    def is_done(self, job: Job) -> bool:
        return job not in self._works

    def poll(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        while True:
            self._assign()
            if self._retire() or not self._works:
                return
            wait = end - time.monotonic()
            if wait <= 0 or (not self._take_report(self._until_resumption(wait)) and time.monotonic() >= end):
                return

    def close(self) -> None:
        self._works.clear()
        for line in self._lines:
            line.close()
        self._lines.clear()

    def abandon(self, problem: str) -> None:
        for call in filter(None, self._lines.values()):
            work, mails = call
            for mail in mails:
                self._record(work, mail, Reply(0, problem, stage="body"))
        self.close()

    def _until_resumption(self, wait: float) -> float:
        pause = self._resumes_at - time.monotonic()
        return min(wait, pause) if pause > 0 else wait

    def _take_report(self, wait: float) -> bool:
        try:
            report = self._reports.get(timeout=max(wait, 0.001))
        except Empty:
            return False
        call = self._lines.get(report.line)
        self._lines[report.line] = None
        self._idle.append(report.line)
        if call is not None:
            work, _ = call
            work.calls -= 1
            self._settle(work, report.mails, report.outcome)
        return True

    def _assign(self) -> None:
        """Gives each job its share of the connections, then what is left to whoever can use it."""
        if time.monotonic() < self._resumes_at:
            return
        works = [work for work in self._works.values() if not work.is_over]
        ceiling = int(self._ceiling)
        share = max(1, ceiling // max(1, len(works)))
        for limit in (share, ceiling):
            for work in works:
                while work.calls < min(limit, work.job.connections) and self._busy() < ceiling and not work.is_over:
                    self._send_next(work)

    def _busy(self) -> int:
        return len(self._lines) - len(self._idle)

    def _send_next(self, work: _Work) -> None:
        mails = self._next_call(work)
        if not mails:
            return
        line = self._idle.pop() if self._idle else Line(self._api, self._config, self._reports.put)
        self._lines[line] = (work, mails)
        work.calls += 1
        line.send(mails)

    def _next_call(self, work: _Work) -> list[OutgoingMessage]:
        """As many messages as a call may carry. Asks the dispatcher before each; its no ends the job."""
        mails: list[OutgoingMessage] = []
        size = 0
        while len(mails) < self._api.most and size < MOST_BYTES:
            is_alone = bool(work.alone) and not work.returned
            if is_alone and mails:
                break
            message = self._pull(work)
            if message is None:
                # What came back may be waiting for calls that are still under way.
                work.is_over = True
                break
            if not work.job.may_send():
                work.is_over = True
                break
            mails.append(message)
            size += len(message.data)
            if is_alone:
                break
        return mails

    def _pull(self, work: _Work) -> OutgoingMessage | None:
        for kept in (work.returned, work.alone):
            if kept:
                return kept.pop(0)
        return next(work.job.messages, None)

    def _settle(self, work: _Work, mails: Sequence[OutgoingMessage], outcome: Outcome) -> None:
        if isinstance(outcome, Unwritable):
            self._on_unwritable(work, mails, outcome)
        elif isinstance(outcome, Silence):
            self._on_silence(work, mails, outcome)
        else:
            self._on_verdict(work, mails, self._api.read(outcome, mails))

    def _on_verdict(self, work: _Work, mails: Sequence[OutgoingMessage], verdict: Verdict) -> None:
        if isinstance(verdict, Later):
            self._on_later(work, mails, verdict)
        elif isinstance(verdict, Closed):
            self._give_back(work, mails)
            self._fail(verdict.reply)
        elif isinstance(verdict, Divide):
            work.alone += mails
            work.is_over = work.job.failure is not None
        else:
            self._setbacks = 0
            self._ceiling = min(self._ceiling + GROWTH, float(self._config.max_connections))
            for mail, reply in zip(mails, verdict, strict=True):
                self._record(work, mail, reply)

    def _on_unwritable(self, work: _Work, mails: Sequence[OutgoingMessage], outcome: Unwritable) -> None:
        if len(mails) > 1:
            work.alone += mails
            work.is_over = work.job.failure is not None
            return
        self._record(work, mails[0], Reply(554, f"This API cannot carry the mail: {outcome.problem}", "5.6.0"))

    def _on_silence(self, work: _Work, mails: Sequence[OutgoingMessage], outcome: Silence) -> None:
        if outcome.was_sent:
            for mail in mails:
                self._record(work, mail, Reply(0, f"No answer to the message: {outcome.problem}", stage="body"))
            return
        self._give_back(work, mails)
        self._setbacks += 1
        if self._setbacks >= PATIENCE:
            self._fail(Reply(0, f"{outcome.problem[:1].upper()}{outcome.problem[1:]}", stage="connect"))

    def _on_later(self, work: _Work, mails: Sequence[OutgoingMessage], verdict: Later) -> None:
        if verdict.seconds > LONGEST_PAUSE_SECONDS:
            self._give_back(work, mails)
            self._fail(verdict.reply)
            return
        now = time.monotonic()
        # All calls under way are refused together: that is one setback.
        if now >= self._resumes_at:
            self._setbacks += 1
            self._ceiling = max(1.0, self._ceiling / 2)
        self._resumes_at = max(self._resumes_at, now + verdict.seconds)
        if self._setbacks < PATIENCE:
            self._give_back(work, mails)
            return
        for mail in mails:
            self._record(work, mail, verdict.reply)

    def _give_back(self, work: _Work, mails: Sequence[OutgoingMessage]) -> None:
        work.returned += mails
        # There is work again, unless the dispatcher has said no; then its next no ends the job once more.
        work.is_over = work.job.failure is not None

    def _fail(self, reply: Reply) -> None:
        for work in self._works.values():
            work.job.failure = work.job.failure or reply
            work.is_over = True
        self._setbacks = 0

    def _record(self, work: _Work, mail: OutgoingMessage, reply: Reply) -> None:
        work.job.record(Result(mail.recipient_id, mail.address, reply))

    def _retire(self) -> bool:
        """Forgets the jobs that are done; True if there were any."""
        done = [job for job, work in self._works.items() if work.is_over and not work.calls]
        for job in done:
            del self._works[job]
        return bool(done)
