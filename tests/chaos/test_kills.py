"""The crash rule: workers die at random moments, services restart, and nobody is lost."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from config.embedded import postgres, valkey
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

ROOT = Path(__file__).resolve().parent.parent.parent
RECIPIENTS = 8000
CONNECTIONS = 5
WORKERS = 3
KILLS = 12


@dataclass
class Installation:
    """Services and workers of their own, so that the suite's are not struck."""

    root: Path
    monkeypatch: pytest.MonkeyPatch
    journal: str
    environment: dict[str, str] = field(default_factory=dict)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def start(self) -> None:
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SENDWELL_DATA": str(self.root),
            "SENDWELL_JOURNAL": self.journal,
            "DATABASE_URL": postgres.start(self.root),
            "REDIS_URL": valkey.start(self.root),
            "SENDWELL_LOG_LEVEL": "ERROR",
        }

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        postgres.stop(self.root)
        valkey.stop(self.root)

    def run(self, *arguments: object) -> "subprocess.Popen[bytes]":
        with (self.root / "workers.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.worker", *map(str, arguments)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def start_worker(self) -> None:
        self.started += 1
        self.workers.append(self.run("drain", f"worker-{self.started}"))

    def kill_one(self) -> None:
        victim = self.workers.pop(random.randrange(len(self.workers)))
        assert victim.poll() is None, "a worker must not die of anything but us"
        victim.kill()
        victim.wait()

    def restart(self, service: ModuleType) -> None:
        """Stop and start on the same port, where the workers look for it."""
        port = service.running_port(self.root / service.__name__.rpartition(".")[2])
        service.stop(self.root)
        self.monkeypatch.setattr(service, "free_port", lambda: port)
        service.start(self.root)

    def ask(self, query: str) -> tuple[int, ...]:
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            row = connection.execute(query).fetchone()
            assert row is not None
            return row


@pytest.fixture(params=["file", "redis"])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    installation = Installation(tmp_path, monkeypatch, request.param)
    installation.start()
    try:
        yield installation
    finally:
        installation.stop()


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)


def test_kills_and_restarts_lose_nobody_and_double_next_to_nobody(
    installation: Installation, record_property: Callable[[str, int], None]
) -> None:
    with SmtpServer(delay=lambda rcpt: 0.02) as server:
        assert installation.run("prepare", server.port, RECIPIENTS, CONNECTIONS).wait() == 0
        for _ in range(WORKERS):
            installation.start_worker()
        server.wait_for(200, timeout=60)
        for kill in range(KILLS):
            time.sleep(random.uniform(0.2, 0.8))
            installation.kill_one()
            installation.start_worker()
            if kill == 4:
                installation.restart(postgres)
            if kill == 8:
                installation.restart(valkey)
        assert len(server.messages) < RECIPIENTS, "the kills came too late to matter"
        open_batches = "SELECT count(*) FROM deliverability_deliverybatch WHERE state < 2"
        wait_until(lambda: installation.ask(open_batches) == (0,), 120)

    arrived = Counter(server.recipients)
    assert set(arrived) == {f"{n}@gmail.example" for n in range(1, RECIPIENTS + 1)}, "nobody is lost"
    doubled = sum(arrived.values()) - RECIPIENTS
    record_property("doubled", doubled)
    assert doubled <= KILLS * CONNECTIONS
    assert len({mail.data for mail in server.messages}) == RECIPIENTS, "a second copy has the same Message-ID"
    events = "SELECT count(*), count(DISTINCT recipient_id) FROM deliverability_event WHERE kind = 1"
    assert installation.ask(events) == (RECIPIENTS, RECIPIENTS), "one event for each"
    assert installation.ask("SELECT sum(total)::int FROM deliverability_mailingcount") == (RECIPIENTS,)
    assert installation.ask("SELECT count(*) FROM deliverability_event") == (RECIPIENTS,)
