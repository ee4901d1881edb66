"""The servers of the simulated internet, all in one process: `python -m tests.internet.servers '<characters as JSON>'`.

Prints their ports as one line of JSON, and what they have counted for each line that it reads.
"""

# ruff: noqa: T201  whoever started this process reads what it prints

import asyncio
import json
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from tests.internet.characters import Character

EHLO = b"250-loopback greets you\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n"
WINDOW_SECONDS = 10


@dataclass
class Counts:
    """What a server saw. `by_second` counts accepted and refused messages by the second of the clock."""

    accepted: int = 0
    refused: int = 0
    greylisted: int = 0
    blocked: int = 0
    turned_away: int = 0
    worn: int = 0
    open: int = 0
    most_open: int = 0
    most_on_one: int = 0
    accepted_by_second: Counter[int] = field(default_factory=Counter)
    refused_by_second: Counter[int] = field(default_factory=Counter)


class Server:
    """One mailbox provider's door."""

    def __init__(self, character: Character) -> None:
        self.character = character
        self.counts = Counts()
        self._tokens, self._filled_at = character.burst, time.monotonic()
        self._seen: dict[bytes, float] = {}
        self._refusals: deque[float] = deque()
        self._blocked_until = 0.0

    def judge(self, rcpt: bytes) -> str:
        """The refusal of a recipient, or nothing."""
        now, character, counts = time.monotonic(), self.character, self.counts
        if now < self._blocked_until:
            counts.blocked += 1
            return character.blocked
        if character.greylist_seconds and now - self._seen.setdefault(rcpt, now) < character.greylist_seconds:
            counts.greylisted += 1
            return character.greylisted
        if character.per_second and not self._has_token(now):
            counts.refused += 1
            counts.refused_by_second[int(time.time())] += 1
            self._remember_refusal(now)
            return character.too_fast
        return ""

    def accept(self) -> None:
        self.counts.accepted += 1
        self.counts.accepted_by_second[int(time.time())] += 1

    def _has_token(self, now: float) -> bool:
        character = self.character
        self._tokens = min(character.burst, self._tokens + (now - self._filled_at) * character.per_second)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _remember_refusal(self, now: float) -> None:
        if not self.character.block_after:
            return
        self._refusals.append(now)
        while self._refusals[0] < now - WINDOW_SECONDS:
            self._refusals.popleft()
        if len(self._refusals) >= self.character.block_after:
            self._blocked_until = now + self.character.block_seconds
            self._refusals.clear()


class Conversation(asyncio.Protocol):
    """One connection. The bodies of tests are small, so a line at a time is fast enough."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self.server = server
        self.buffer = b""
        self.is_data = self.is_waiting = False
        self.rcpt = b""
        self.accepted = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        counts, limit = self.server.counts, self.server.character.connections
        counts.open += 1
        counts.most_open = max(counts.most_open, counts.open)
        if limit and counts.open > limit:
            counts.turned_away += 1
            self._say(self.server.character.crowded)
            transport.close()
        else:
            self._say("220 loopback ESMTP")

    def connection_lost(self, error: Exception | None) -> None:
        self.server.counts.open -= 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self._go_on()

    def _go_on(self) -> None:
        while not self.is_waiting and not self.transport.is_closing():
            if self.is_data:
                end = 0 if self.buffer.startswith(b".\r\n") else self.buffer.find(b"\r\n.\r\n") + 2
                if end == 1:
                    return
                self.buffer = self.buffer[end + 3 :]
                self.is_data = False
                self._end_of_data()
                continue
            line, newline, rest = self.buffer.partition(b"\r\n")
            if not newline:
                return
            self.buffer = rest
            self._obey(line)

    def _obey(self, line: bytes) -> None:
        match line[:4].upper():
            case b"EHLO":
                self.transport.write(EHLO)
            case b"MAIL":
                self.rcpt = b""
                limit = self.server.character.per_connection
                if limit and self.accepted >= limit:
                    self.server.counts.worn += 1
                    self._say(self.server.character.worn)
                    self.transport.close()
                else:
                    self._say("250 2.1.0 Ok")
            case b"RCPT":
                refusal = self.server.judge(line)
                self.rcpt = b"" if refusal else line
                self._say(refusal or "250 2.1.5 Ok")
                if refusal.startswith("421"):
                    # RFC 5321 3.8: it says that the connection ends, and then it does.
                    self.transport.close()
            case b"DATA":
                self.is_data = bool(self.rcpt)
                self._say("354 Go ahead" if self.rcpt else "554 5.5.1 No valid recipients")
            case b"QUIT":
                self._say("221 2.0.0 Bye")
                self.transport.close()
            case _:
                self._say("250 2.0.0 Ok")

    def _end_of_data(self) -> None:
        if seconds := self.server.character.reply_seconds:
            self.is_waiting = True
            asyncio.get_running_loop().call_later(seconds, self._take)
        else:
            self._take()

    def _take(self) -> None:
        self.accepted += 1
        self.server.counts.most_on_one = max(self.server.counts.most_on_one, self.accepted)
        self.server.accept()
        self._say("250 2.0.0 Queued")
        if self.is_waiting:
            self.is_waiting = False
            self._go_on()

    def _say(self, line: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(line.encode() + b"\r\n")


async def serve(characters: list[Character]) -> None:
    loop = asyncio.get_running_loop()
    servers = [Server(character) for character in characters]
    doors = [
        await loop.create_server(lambda server=server: Conversation(server), "127.0.0.1", 0, backlog=512)  # type: ignore[misc]
        for server in servers
    ]
    ports = {
        server.character.name: door.sockets[0].getsockname()[1] for server, door in zip(servers, doors, strict=True)
    }
    print(json.dumps(ports), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({server.character.name: vars(server.counts) for server in servers}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve([Character(**character) for character in json.loads(sys.argv[1])]))
