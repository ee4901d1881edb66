"""Services and workers of a test's own, which it may kill and restart without striking the suite's."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from config.embedded import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Installation:
    """`journal` is the kind of journal; `root` holds everything and is thrown away with the test."""

    root: Path
    monkeypatch: pytest.MonkeyPatch
    journal: str
    environment: dict[str, str] = field(default_factory=dict)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    @property
    def log(self) -> Path:
        return self.root / "workers.log"

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
            # Celery's own processes would outlive their parent.
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        postgres.stop(self.root)
        valkey.stop(self.root)

    def run(self, *arguments: object) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.worker", *map(str, arguments)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
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


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)
