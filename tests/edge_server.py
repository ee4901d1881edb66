"""The tracking edge as a process of its own, for tests that talk to it over real sockets or kill it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from config.embedded.postgres import free_port

ROOT = Path(__file__).parents[1]


class EdgeServer:
    """Listens on `port`; `kill` is SIGKILL."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port = port
        self.process = process

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def edge_server(**environment: str) -> Iterator[EdgeServer]:
    """One worker on the test's own database and Redis."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "deliverability.edge.app:application", "--port", str(port)]
    command += ["--no-proxy-headers", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(environment), start_new_session=True)
    try:
        _await(port, process)
        yield EdgeServer(port, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def _environment(changes: dict[str, str]) -> dict[str, str]:
    settings = connection.settings_dict
    database = f"postgresql://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database, **changes}


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the edge did not start"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the edge did not listen within 30 seconds")
