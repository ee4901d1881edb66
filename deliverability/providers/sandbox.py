"""An adapter for dry runs: accepts everything after a delay and sends nothing."""

import time
from collections import deque
from dataclasses import dataclass, field

from deliverability.providers.base import Job, ProviderConfig
from deliverability.types import OutgoingMessage, Reply, Result

_ACCEPTED = Reply(code=250, text="Accepted by the sandbox; nothing was sent", enhanced="2.0.0")
# Short enough for poll to notice a due message in time, long enough to cost nothing.
_TICK = 0.005


@dataclass(slots=True)
class _Work:
    """What is out, by when its reply is due, and whether there is nothing more to pull."""

    in_flight: deque[tuple[float, OutgoingMessage]] = field(default_factory=deque)
    is_over: bool = False


class SandboxSession:
    """Keeps to its jobs' connection budgets and to the journal rule as a real adapter does; keeps no message."""

    def __init__(self, config: ProviderConfig, delay: float = 0.0) -> None:
        self._max_connections = config.max_connections
        self._delay = delay
        self._works: dict[Job, _Work] = {}

    def submit(self, job: Job) -> None:
        self._works[job] = _Work()

    def poll(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        while self._works:
            now = time.monotonic()
            for job, work in self._works.items():
                self._advance(job, work, now)
            done = [job for job, work in self._works.items() if work.is_over and not work.in_flight]
            for job in done:
                del self._works[job]
            if done or now >= end:
                return
            time.sleep(min(_TICK, self._delay, max(0.0, end - now)))

    def is_done(self, job: Job) -> bool:
        return job not in self._works

    def close(self) -> None:
        self._works.clear()

    def abandon(self, problem: str) -> None:
        for job, work in self._works.items():
            for _, message in work.in_flight:
                job.record(Result(message.recipient_id, message.address, Reply(0, problem, stage="body")))
        self._works.clear()

    def _advance(self, job: Job, work: _Work, now: float) -> None:
        while work.in_flight and work.in_flight[0][0] <= now:
            message = work.in_flight.popleft()[1]
            job.record(Result(message.recipient_id, message.address, _ACCEPTED))
        while not work.is_over and len(work.in_flight) < min(job.connections, self._max_connections):
            following = next(job.messages, None)
            if following is None or not job.may_send():
                work.is_over = True
            else:
                work.in_flight.append((now + self._delay, following))
