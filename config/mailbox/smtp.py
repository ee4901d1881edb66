"""The SMTP side: a pipelining server (RFC 5321, 2920, 6531, 6152, 1870) on one event loop."""

import asyncio
import re
from collections.abc import Callable
from email.header import decode_header, make_header
from typing import cast

from config.mailbox.store import Arrival, Store
from config.mailbox.world import World

MAX_BYTES = 30 * 1024 * 1024
MAX_LINE = 4096
_EXTENSIONS = ("PIPELINING", f"SIZE {MAX_BYTES}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
_PATH = re.compile(r"(?:FROM|TO):\s*<([^>]*)>\s*(.*)", re.IGNORECASE)
_END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """One connection. Bytes are consumed as far as they go; a late answer holds up all that follows it."""

    def __init__(self, store: Store, world: World, arrived: Callable[[Arrival], None]) -> None:
        self._store, self._world, self._arrived = store, world, arrived
        self._transport: asyncio.Transport
        self._buffer = bytearray()
        self._searched = 0
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._in_content = False
        self._is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop has transports of its own kind.
        self._transport = cast(asyncio.Transport, transport)
        self._answer("220 mailbox.example ESMTP")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._consume()

    def _consume(self) -> None:
        while not self._is_waiting and not self._transport.is_closing():
            if not (self._take_content() if self._in_content else self._take_command()):
                return

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > MAX_LINE:
                self._hang_up("500 5.5.2 That line is too long")
            return False
        line = self._buffer[:end].decode("utf-8", "replace").rstrip("\r")
        del self._buffer[: end + 1]
        verb, _, rest = line.partition(" ")
        self._command(verb.upper(), rest)
        return True

    def _command(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO":
                names = ["mailbox.example", *_EXTENSIONS]
                dashed = [f"250-{name}" for name in names[:-1]]
                self._reset()
                self._answer("\r\n".join([*dashed, f"250 {names[-1]}"]))
            case "HELO":
                self._reset()
                self._answer("250 mailbox.example")
            case "MAIL":
                self._on_mail(rest)
            case "RCPT":
                self._on_recipient(rest)
            case "DATA":
                self._on_data()
            case "RSET":
                self._reset()
                self._answer("250 2.0.0 Forgotten")
            case "NOOP":
                self._answer("250 2.0.0 Still here")
            case "QUIT":
                self._hang_up("221 2.0.0 Goodbye")
            case _:
                self._answer("502 5.5.1 This server does not know that command")

    def _on_mail(self, rest: str) -> None:
        found = _PATH.match(rest)
        size = re.search(r"\bSIZE=(\d+)", rest, re.IGNORECASE)
        if not found:
            self._answer("501 5.5.4 Write MAIL FROM:<address>")
        elif size and int(size[1]) > MAX_BYTES:
            self._answer("552 5.3.4 This message is larger than we take")
        else:
            self._reset()
            self._sender = found[1]
            self._answer("250 2.1.0 Go on")

    def _on_recipient(self, rest: str) -> None:
        found = _PATH.match(rest)
        if self._sender is None:
            self._answer("503 5.5.1 MAIL comes first")
        elif not found or not found[1]:
            self._answer("501 5.1.3 Write RCPT TO:<address>")
        elif delay := self._world.delay(found[1]):
            self._is_waiting = True
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(delay, self._answer_late, found[1])
        else:
            self._answer_recipient(found[1])

    def _answer_late(self, address: str) -> None:
        self._is_waiting = False
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._answer_recipient(address)
            self._consume()

    def _answer_recipient(self, address: str) -> None:
        refusal = self._world.refusal(address)
        if refusal is None:
            self._recipients.append(address)
            self._answer("250 2.1.5 Known here")
            return
        # Who wrote is all that we know before the content: the return path's domain names the stream.
        self._store.note(f"@{(self._sender or '').rpartition('@')[2]}", f"{refusal.code} {refusal.enhanced}")
        if refusal.hangs_up:
            self._hang_up(refusal.line(address))
        else:
            self._answer(refusal.line(address))

    def _on_data(self) -> None:
        if not self._recipients:
            self._answer("554 5.5.1 No valid recipients")
            return
        self._in_content = True
        self._searched = 0
        self._answer("354 Send it; end with a dot on a line of its own")

    def _take_content(self) -> bool:
        if self._buffer.startswith(b".\r\n"):
            end, rest = 0, 3
        else:
            end = self._buffer.find(_END, max(0, self._searched - len(_END)))
            end, rest = end + 2, end + len(_END)
            if end < 2:
                self._searched = len(self._buffer)
                if self._searched > MAX_BYTES:
                    self._hang_up("552 5.3.4 This message is larger than we take")
                return False
        content = bytes(self._buffer[:end])
        del self._buffer[:rest]
        self._in_content = False
        self._keep(content)
        return True

    def _keep(self, content: bytes) -> None:
        content = content.replace(b"\r\n..", b"\r\n.")
        subject, mail, message_id = (header(content, name) for name in (b"subject", b"feedback-id", b"message-id"))
        last = 0
        try:
            for recipient in self._recipients:
                arrival = self._store.add(
                    sender=self._sender or "",
                    to=recipient,
                    subject=subject,
                    mail=mail,
                    message_id=message_id,
                    content=content,
                )
                last = arrival.id
                self._arrived(arrival)
        except OSError:
            self._reset()
            self._answer("452 4.3.1 Our disk is full, please try later")
            return
        self._reset()
        self._answer(f"250 2.0.0 Kept as {last}")

    def _reset(self) -> None:
        self._sender = None
        self._recipients = []

    def _answer(self, text: str) -> None:
        self._transport.write(text.encode() + b"\r\n")

    def _hang_up(self, text: str) -> None:
        self._answer(text)
        self._transport.close()


def header(content: bytes, name: bytes) -> str:
    """The decoded value of a header, empty when it is absent; `name` in lower case."""
    head = b"\r\n" + content[: content.find(b"\r\n\r\n") + 2]
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return ""
    start += len(name) + 3
    end = start
    while (end := head.find(b"\r\n", end)) >= 0 and head[end + 2 : end + 3] in (b" ", b"\t"):
        end += 2
    value = head[start:end].replace(b"\r\n", b"").strip().decode("utf-8", "replace")
    return str(make_header(decode_header(value))) if "=?" in value else value
