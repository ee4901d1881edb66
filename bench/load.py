"""A lean load generator: keep-alive HTTP/1.1 on raw sockets, so that the servers get most of the machine."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import uvloop


@dataclass
class Load:
    """What one run of requests came to; `acknowledged` counts answers with the wanted status."""

    acknowledged: int = 0
    refused: int = 0
    seconds: float = 0.0


def generate(port: int, paths: list[str], *, connections: int, seconds: float, status: int) -> Load:
    """Ask for the paths in turn on every connection, each waiting for its answer before it asks again."""
    load = Load()
    uvloop.run(_generate(port, cycle(map(_request, paths)), connections, seconds, b"HTTP/1.1 %d " % status, load))
    return load


async def _generate(
    port: int, requests: Iterator[bytes], connections: int, seconds: float, wanted: bytes, load: Load
) -> None:
    started = time.perf_counter()
    deadline = started + seconds
    clients = (_ask(port, requests, deadline, wanted, load) for _ in range(connections))
    await asyncio.gather(*clients)
    load.seconds = time.perf_counter() - started


async def _ask(port: int, requests: Iterator[bytes], deadline: float, wanted: bytes, load: Load) -> None:
    while time.perf_counter() < deadline:
        _, client = await asyncio.get_running_loop().create_connection(
            lambda: _Client(requests, deadline, wanted, load), "127.0.0.1", port
        )
        await client.closed.wait()


class _Client(asyncio.Protocol):
    """One connection; a server that closes it gets a new one from `_ask`."""

    transport: asyncio.Transport

    def __init__(self, requests: Iterator[bytes], deadline: float, wanted: bytes, load: Load) -> None:
        self.requests = requests
        self.deadline = deadline
        self.wanted = wanted
        self.load = load
        self.answer = b""
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.answer += data
        # A redirect has no body: the empty line ends it.
        if not self.answer.endswith(b"\r\n\r\n"):
            return
        if self.answer.startswith(self.wanted):
            self.load.acknowledged += 1
        else:
            self.load.refused += 1
        self.answer = b""
        if time.perf_counter() < self.deadline:
            self.transport.write(next(self.requests))
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.set()


def _request(path: str) -> bytes:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
    headers = f"Host: 127.0.0.1\r\nUser-Agent: {agent}\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Language: de,en\r\n"
    return f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode()
