"""What a session keeps of one job: which messages came back from lost connections, and how many are out."""

from collections import Counter, deque

from deliverability.providers.base import Job
from deliverability.types import OutgoingMessage, Reply, Result

# A message that ends every fresh connection is the trouble itself; it must not hold up its batch for ever.
_TRIES = 3


class Work:
    """A job under way. `connections` counts those that hold a message of it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.connections = 0
        self._is_exhausted = False
        self._is_stopped = False
        self._returned: deque[OutgoingMessage] = deque()
        self._tries: Counter[int] = Counter()

    @property
    def is_done(self) -> bool:
        return not self.connections and not self.has_messages

    @property
    def has_messages(self) -> bool:
        """There may be a next message; only asking the composer tells for sure."""
        return not self._is_stopped and (bool(self._returned) or not self._is_exhausted)

    def next_message(self) -> OutgoingMessage | None:
        if self._is_stopped:
            return None
        if self._returned:
            return self._returned.popleft()
        if self._is_exhausted:
            return None
        message = next(self.job.messages, None)
        self._is_exhausted = message is None
        return message

    def may_send(self) -> bool:
        """Asks the dispatcher once more; a no is final for this job."""
        if not self._is_stopped and not self.job.may_send():
            self._is_stopped = True
        return not self._is_stopped

    def record(self, message: OutgoingMessage, reply: Reply) -> None:
        self.job.record(Result(message.recipient_id, message.address, reply))

    def give_back(self, message: OutgoingMessage) -> None:
        """The message was surely not accepted and goes out on another connection."""
        self._returned.append(message)

    def try_again(self, message: OutgoingMessage, farewell: Reply) -> None:
        """As give_back, for a connection that ended without taking a single message; three such, and it is reported."""
        self._tries[message.recipient_id] += 1
        if self._tries[message.recipient_id] < _TRIES:
            self._returned.append(message)
        else:
            self.record(message, farewell)

    def fail(self, reply: Reply) -> None:
        """No connection can be made: the job stops, and the dispatcher learns why."""
        self._is_stopped = True
        self.job.failure = reply
