"""Mail transactions on one connection, pipelined where the server allows it. Bytes out, replies in, no socket."""

import re
from collections import deque
from enum import Enum, auto

from deliverability.providers.smtp.handshake import Capabilities
from deliverability.providers.smtp.replies import BadReply, to_reply
from deliverability.types import OutgoingMessage, Reply, Result

# What could end the path or the command early; the composers refuse it too, but this is the last gate.
_UNSAFE_IN_PATH = re.compile(r"[\x00-\x20<>\x7f]")
_CLOSING = 421


class Signal(Enum):
    """What the owner of the connection must do next."""

    READY = auto()  # begin the next message
    GO_AHEAD = auto()  # send the body of the message in envelope
    CLOSING = auto()  # the server is leaving (421)


class Transactions:
    """One message's body and the next one's envelope travel in one write, so a message costs one round trip.

    The content may lead a group of pipelined commands, and DATA must end one (RFC 2920 3.1). `in_body` is the message
    whose final reply is awaited, `in_envelope` the one whose body was not sent yet.
    """

    def __init__(self, capabilities: Capabilities) -> None:
        self._offers = capabilities
        self._awaited: deque[str] = deque()
        # The commands still to be sent one by one where pipelining was not offered.
        self._steps: deque[tuple[str, bytes]] = deque()
        self._is_refused = False
        self._needs_reset = False
        self.in_envelope: OutgoingMessage | None = None
        self.in_body: OutgoingMessage | None = None
        self.output = b""
        self.farewell: Reply | None = None

    @property
    def may_pipeline(self) -> bool:
        return self._offers.pipelining

    @property
    def awaits_body_reply(self) -> bool:
        return bool(self._awaited) and self._awaited[0] == "body"

    def objection(self, message: OutgoingMessage) -> Reply | None:
        """Why this server cannot take the message, known without asking it."""
        if self._offers.size_limit and len(message.data) > self._offers.size_limit:
            text = f"Message of {len(message.data)} bytes exceeds the server's limit of {self._offers.size_limit}"
            return Reply(552, text, "5.3.4", "mail")
        if message.smtputf8 and not self._offers.smtputf8:
            return Reply(550, "The address needs SMTPUTF8, which the server does not offer", "5.6.7", "mail")
        if _UNSAFE_IN_PATH.search(message.address) or _UNSAFE_IN_PATH.search(message.mail_from):
            return Reply(553, "The address holds characters that no envelope may carry", "5.1.3", "mail")
        return None

    def begin(self, message: OutgoingMessage) -> bytes:
        """The envelope of a message, after READY."""
        self.in_envelope = message
        return self._envelope(message)

    def body(self, following: OutgoingMessage | None) -> tuple[bytes, bytes]:
        """After GO_AHEAD: the body, and what goes out right behind it, the final dot first."""
        message = self.in_envelope
        if message is None:
            raise ValueError("a body goes out only after GO_AHEAD")
        self.in_body, self.in_envelope = message, following
        self._awaited.append("body")
        return message.data, b".\r\n" + self._envelope(following) if following else b".\r\n"

    def receive(self, code: int, text: bytes) -> list[Result | Signal]:
        """What a reply means. Commands that it calls for are left in `output`."""
        stage = self._awaited.popleft() if self._awaited else "idle"
        if stage == "body":
            return self._on_body(code, text)
        if code == _CLOSING or stage == "idle":
            self.farewell = to_reply(code, text, stage)
            return [Signal.CLOSING]
        if stage == "data":
            return self._on_data(code, text)
        if stage in ("rset", "lone dot"):
            self._needs_reset = False
            return self._next_step()
        return self._on_envelope(stage, code, text)

    def _on_body(self, code: int, text: bytes) -> list[Result | Signal]:
        message, self.in_body = self.in_body, None
        if message is None:
            raise BadReply("an answer to a message that was never sent")
        actions: list[Result | Signal] = [Result(message.recipient_id, message.address, to_reply(code, text, "body"))]
        if code == _CLOSING:
            self.farewell = to_reply(code, text, "idle")
            actions.append(Signal.CLOSING)
        elif not self._awaited:
            actions.append(Signal.READY)
        return actions

    def _on_envelope(self, stage: str, code: int, text: bytes) -> list[Result | Signal]:
        if self._is_refused or 200 <= code < 300:
            return self._next_step()
        return [*self._refuse(code, text, stage), *self._next_step()]

    def _on_data(self, code: int, text: bytes) -> list[Result | Signal]:
        if code == 354 and not self._is_refused:
            return [Signal.GO_AHEAD]
        if code == 354:
            # The server wants a body for nobody: the lone dot ends it, and its reply means nothing (RFC 2920 3.1).
            self._awaited.append("lone dot")
            self.output = b".\r\n"
            return []
        if self._is_refused:
            return [Signal.READY]
        return [*self._refuse(code, text, "data"), Signal.READY]

    def _refuse(self, code: int, text: bytes, stage: str) -> list[Result | Signal]:
        message, self.in_envelope = self.in_envelope, None
        if message is None:
            raise BadReply("a refusal of a message that was never announced")
        self._is_refused = self._needs_reset = True
        self._steps.clear()
        return [Result(message.recipient_id, message.address, to_reply(code, text, stage))]

    def _next_step(self) -> list[Result | Signal]:
        if self._awaited:
            return []
        if self._steps:
            stage, self.output = self._steps.popleft()
            self._awaited.append(stage)
            return []
        return [Signal.READY]

    def _envelope(self, message: OutgoingMessage) -> bytes:
        parameters = f" SIZE={len(message.data)}" if self._offers.size else ""
        if message.smtputf8:
            parameters += " SMTPUTF8"
        mail = f"MAIL FROM:<{message.mail_from}>{parameters}\r\n"
        rcpt = f"RCPT TO:<{message.address}>\r\n"
        self._is_refused = False
        if self._offers.pipelining and not self._needs_reset:
            self._awaited.extend(("mail", "rcpt", "data"))
            return f"{mail}{rcpt}DATA\r\n".encode()
        steps = [("mail", mail.encode()), ("rcpt", rcpt.encode()), ("data", b"DATA\r\n")]
        if self._needs_reset:
            # A refused recipient leaves the transaction open, and MAIL inside one is an error (RFC 5321 4.1.4).
            steps.insert(0, ("rset", b"RSET\r\n"))
        if self._offers.pipelining:
            self._awaited.extend(stage for stage, _ in steps)
            return b"".join(command for _, command in steps)
        self._steps.extend(steps[1:])
        self._awaited.append(steps[0][0])
        return steps[0][1]
