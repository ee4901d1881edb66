"""An adapter for dry runs: accepts everything after a delay and sends nothing."""

import time
from collections import deque

from deliverability.providers.base import Job, ProviderConfig
from deliverability.types import OutgoingMessage, Reply, Result

_ACCEPTED = Reply(code=250, text="Accepted by the sandbox; nothing was sent", enhanced="2.0.0")
# Short enough for poll to notice a due message in time, long enough to cost nothing.
_TICK = 0.005


class SandboxSession:
    """Keeps to its jobs' connection budgets and to the journal rule as a real adapter does; keeps no message."""

    def __init__(self, config: ProviderConfig, delay: float = 0.0) -> None:
        self._max_connections = config.max_connections
        self._delay = delay
        self._in_flight: dict[Job, deque[tuple[float, OutgoingMessage]]] = {}

    def submit(self, job: Job) -> None:
        self._in_flight[job] = deque()

    def poll(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        while self._in_flight:
            now = time.monotonic()
            done = [job for job in list(self._in_flight) if self._advance(job, now)]
            for job in done:
                del self._in_flight[job]
            if done or now >= end:
                return
            time.sleep(min(_TICK, self._delay, max(0.0, end - now)))

    def is_done(self, job: Job) -> bool:
        return job not in self._in_flight

    def close(self) -> None:
        self._in_flight.clear()

    def _advance(self, job: Job, now: float) -> bool:
        """True when the job is done."""
        in_flight = self._in_flight[job]
        while in_flight and in_flight[0][0] <= now:
            message = in_flight.popleft()[1]
            job.record(Result(message.recipient_id, message.address, _ACCEPTED))
        while len(in_flight) < min(job.connections, self._max_connections):
            message_or_none = next(job.messages, None) if job.may_send() else None
            if message_or_none is None:
                return not in_flight
            in_flight.append((now + self._delay, message_or_none))
        return False
