"""Runs the simulated internet against workers of an installation of its own, and reads what the servers counted."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.chaos.installation import ROOT, Installation
from tests.internet.characters import Character

WORKERS = 4


@dataclass(frozen=True)
class Route:
    """A server, the way out to it, and what is sent there. `limits` are the team's, instead of the shipped ones."""

    character: Character
    recipients: int
    streams: int = 1
    limits: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What one server counted over a span of whole seconds, and since its start."""

    seconds: int
    accepted: int
    refused: int
    total: dict[str, Any]

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds

    @property
    def refused_share(self) -> float:
        return self.refused / max(1, self.accepted + self.refused)

    @property
    def most_in_ten_seconds(self) -> int:
        counts = {int(second): count for second, count in self.total["accepted_by_second"].items()}
        return max((sum(counts.get(start + n, 0) for n in range(10)) for start in counts), default=0)


class World:
    """The running simulation. Time is compressed by the installation's SENDWELL_RETRY_SCALE."""

    def __init__(self, installation: Installation, servers: "subprocess.Popen[str]") -> None:
        self.installation = installation
        self._servers = servers

    def look(self, since: float) -> dict[str, Seen]:
        """What each server counted from the first whole second after `since` to the last one before now."""
        first, last = int(since) + 1, int(time.time()) - 1
        return {name: _seen(counts, first, last) for name, counts in self._ask().items()}

    def changes(self) -> str:
        """Why the lanes stand as they do, for whoever must find out why a test failed."""
        with psycopg.connect(self.installation.environment["DATABASE_URL"]) as connection:
            rows = connection.execute(
                "SELECT at::time(1), mailbox_provider, kind, rule, round(messages_per_second::numeric, 1), connections,"
                " left(reply, 60), until::time(1) FROM deliverability_lanechange ORDER BY at, id"
            ).fetchall()
        return "\n".join(" ".join(str(value) for value in row if value not in (None, "")) for row in rows)

    def _ask(self) -> dict[str, Any]:
        assert self._servers.stdin
        assert self._servers.stdout
        self._servers.stdin.write("\n")
        self._servers.stdin.flush()
        answer: dict[str, Any] = json.loads(self._servers.stdout.readline())
        return answer


@contextmanager
def running_world(
    routes: Sequence[Route], root: Path, *, retry_scale: float, workers: int = WORKERS
) -> Iterator[World]:
    """Four worker processes, each with its own clients of Redis and Postgres, as on four hosts."""
    characters = json.dumps([route.character.as_json() for route in routes])
    servers = subprocess.Popen(
        [sys.executable, "-m", "tests.internet.servers", characters],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    installation = Installation(root, pytest.MonkeyPatch(), "file")
    try:
        assert servers.stdout
        ports = json.loads(servers.stdout.readline())
        installation.start()
        installation.environment["SENDWELL_RETRY_SCALE"] = str(retry_scale)
        _run(installation, "prepare", json.dumps([_way(route, ports) for route in routes])).wait()
        installation.workers += [_run(installation, "drain", f"worker-{number}") for number in range(workers)]
        yield World(installation, servers)
    finally:
        installation.stop()
        servers.kill()
        servers.wait()


def _way(route: Route, ports: dict[str, int]) -> dict[str, Any]:
    name = route.character.name
    return {
        "name": name,
        "port": ports[name],
        "recipients": route.recipients,
        "streams": route.streams,
        "limits": route.limits,
    }


def _run(installation: Installation, *arguments: str) -> "subprocess.Popen[bytes]":
    with installation.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.internet.worker", *arguments],
            cwd=ROOT,
            env=installation.environment,
            stdout=log,
            stderr=log,
            # The installation ends its workers by their group.
            start_new_session=True,
        )


def _seen(counts: dict[str, Any], first: int, last: int) -> Seen:
    def between(name: str) -> int:
        return sum(count for second, count in counts[name].items() if first <= int(second) <= last)

    return Seen(max(1, last - first + 1), between("accepted_by_second"), between("refused_by_second"), counts)
