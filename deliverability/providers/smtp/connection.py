"""One connection to the server: where the conversation stands, and how long it may take to go on."""

import selectors
import ssl
from collections.abc import Iterator, Sequence

from deliverability.providers.base import ProviderConfig
from deliverability.providers.smtp.handshake import Capabilities, HandshakeFailed
from deliverability.providers.smtp.opening import Opening
from deliverability.providers.smtp.replies import BadReply, ReplyParser
from deliverability.providers.smtp.transactions import Signal, Transactions
from deliverability.providers.smtp.transport import Address, ConnectionLost, Transport
from deliverability.providers.smtp.work import Work
from deliverability.types import OutgoingMessage, Result

_QUIT_SECONDS = 2.0
# Servers and firewalls forget idle connections; a new one costs less than finding that out.
_IDLE_SECONDS = 60.0


class Connection:
    """A member of the pool. `work` is whose message it holds, None while it is idle.

    Raises HandshakeFailed while it opens and ConnectionLost afterwards.
    """

    def __init__(
        self,
        config: ProviderConfig,
        helo: str,
        context: ssl.SSLContext,
        selector: selectors.BaseSelector,
        addresses: Sequence[Address],
        now: float,
    ) -> None:
        self._timeouts = config.timeouts
        self._limit = max(1, config.max_messages_per_connection)
        self._transport = Transport(selector, self, addresses, config.listen)
        self._opening: Opening | None = Opening(config, helo, context, self._transport)
        self._parser = ReplyParser()
        self._begun = 0
        self._after_dot = 0
        self.completed = 0
        self.mail = Transactions(Capabilities())
        self.work: Work | None = None
        # The message that waits for this connection to open.
        self.waiting: OutgoingMessage | None = None
        self.is_quitting = False
        self.deadline = now + self._timeouts.connect

    @property
    def is_open(self) -> bool:
        return self._opening is None

    @property
    def may_take_more(self) -> bool:
        return self._begun < self._limit

    @property
    def may_pipeline(self) -> bool:
        return self.mail.may_pipeline and self._begun < self._limit

    @property
    def is_dot_sent(self) -> bool:
        """The final dot has left us: whether the message was accepted is the server's secret until it answers."""
        return self._transport.unsent <= self._after_dot

    def advance(self, mask: int, now: float) -> Iterator[Result | Signal]:
        """Does what the selector says is possible and yields what it means, in the order of the replies."""
        if self._opening is not None:
            yield from self._open(self._opening, mask, now)
            return
        if mask & selectors.EVENT_WRITE:
            self._flush(now)
        if mask & selectors.EVENT_READ:
            yield from self._read()

    def begin(self, message: OutgoingMessage, now: float) -> None:
        self._begun += 1
        self.deadline = now + self._timeouts.command
        self._transport.send([self.mail.begin(message)])

    def send_body(self, following: OutgoingMessage | None, now: float) -> None:
        """Sends the body that the server waits for and, right behind it, the envelope of the following message."""
        body, tail = self.mail.body(following)
        if following is not None:
            self._begun += 1
        self._after_dot = len(tail) - len(b".\r\n")
        self._transport.send((body, tail))
        self._await_final(now)

    def rest(self, now: float) -> None:
        """Idle from now on, and not for ever."""
        self.deadline = now + _IDLE_SECONDS

    def quit(self, now: float) -> None:
        """Says goodbye; the server's closing ends the connection, or the deadline does."""
        self.is_quitting = True
        self.deadline = now + _QUIT_SECONDS
        self._transport.send([b"QUIT\r\n"])

    def close(self) -> None:
        self._transport.close()

    def last_words(self) -> list[Result]:
        """Replies that came in before the end: a server mostly says why it leaves."""
        found: list[Result] = []
        try:
            for action in self._read() if self.mail.farewell is None else ():
                if action is Signal.CLOSING:
                    break
                if isinstance(action, Result):
                    found.append(action)
        except ConnectionLost:
            pass  # which is why we are here
        return found

    def timeout(self) -> HandshakeFailed | ConnectionLost:
        """What it means that the deadline has passed."""
        if self._opening is not None:
            return HandshakeFailed(self._opening.failure("it did not answer in time"))
        return ConnectionLost("the server did not answer in time")

    def _open(self, opening: Opening, mask: int, now: float) -> Iterator[Signal]:
        capabilities = opening.advance(mask)
        self.deadline = now + (self._timeouts.command if opening.is_flowing else self._timeouts.connect)
        if capabilities is not None:
            self._opening = None
            self.mail = Transactions(capabilities)
            yield Signal.READY

    def _flush(self, now: float) -> None:
        self._transport.flush()
        if not self.is_quitting:
            self._await_final(now)

    def _await_final(self, now: float) -> None:
        self.deadline = now + (self._timeouts.final if self.is_dot_sent else self._timeouts.data)

    def _read(self) -> Iterator[Result | Signal]:
        data = self._transport.receive()
        if self.is_quitting:
            return
        mail = self.mail
        try:
            for code, text in self._parser.feed(data):
                is_early = mail.awaits_body_reply and not self.is_dot_sent
                if is_early and code < 400:
                    raise BadReply("a welcome for a message that it has not seen whole")
                yield from mail.receive(code, text)
                if mail.output:
                    self._transport.send([mail.output])
                    mail.output = b""
                if is_early:
                    # Refused half-way: the rest of the body would be read as commands.
                    raise ConnectionLost("the server refused a message before it was complete")
        except BadReply as error:
            raise ConnectionLost(f"the server answered with something that is not SMTP: {error}") from error
