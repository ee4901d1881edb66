"""The programs of one Sendwell on one machine, their ports, and how to tell that each works."""

import json
import socket
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded.postgres import free_port
from config.supervisor import Program

# Half an hour of patience becomes five seconds, so that a demo shows retries.
RETRY_SCALE = "0.003"


@dataclass(frozen=True, slots=True)
class Ports:
    web: int = 8000
    edge: int = 8001
    mailbox: int = 8025
    smtp: int = 2525

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.web}"

    @property
    def edge_url(self) -> str:
        return f"http://127.0.0.1:{self.edge}"

    @property
    def mailbox_url(self) -> str:
        return f"http://127.0.0.1:{self.mailbox}"


def choose_ports(folder: Path) -> Ports:
    """Those of the last run, so that links in its mail still work; a port that somebody took gives way to the next."""
    kept = folder / "ports.json"
    wanted = Ports(**json.loads(kept.read_text())) if kept.exists() else Ports()
    taken: set[int] = set()
    ports = Ports(**{name: _next_free(port, taken) for name, port in asdict(wanted).items()})
    kept.write_text(json.dumps(asdict(ports)))
    return ports


def programs(ports: Ports, folder: Path) -> list[Program]:
    """In the order in which they are started; they stop in the reverse order."""
    environment = {
        "SENDWELL_BASE_URL": ports.web_url,
        "SENDWELL_TRACKING_URL": ports.edge_url,
        "SENDWELL_RETRY_SCALE": RETRY_SCALE,
        "PYTHONUNBUFFERED": "1",
    }

    def program(name: str, is_ready: Callable[[str], bool], *command: str) -> Program:
        return Program(name, (sys.executable, "-m", *command), is_ready, environment)

    def worker(name: str, queues: str, processes: int, *more: str) -> Program:
        return program(
            name, lambda log: " ready" in log, "celery", "-A", "config", "worker", "-n", f"{name}@%h", "-Q", queues,
            "-c", str(processes), "-l", "INFO", "--without-gossip", "--without-mingle", *more,
        )  # fmt: skip

    mailbox = ("config.mailbox", "--readers", "--folder", str(folder / "mailbox"))
    edge = ("uvicorn", "deliverability.edge.app:application", "--no-proxy-headers", "--no-access-log")
    return [
        program(
            "mailbox", lambda _: _answers(f"{ports.mailbox_url}/api/counts"), *mailbox,
            "--smtp-port", str(ports.smtp), "--http-port", str(ports.mailbox),
        ),
        program(
            "web", lambda _: _answers(f"{ports.web_url}/health"), "gunicorn", "config.wsgi",
            "--bind", f"127.0.0.1:{ports.web}", "--workers", "1", "--threads", "8", "--no-control-socket",
        ),
        program("edge", lambda _: _listens(ports.edge), *edge, "--host", "127.0.0.1", "--port", str(ports.edge)),
        worker("bulk", "bulk", 2),
        worker("transactional", "transactional", 1),
        # Beat runs inside: one process less to start, and here there is surely but one.
        worker("events", "events,periodic", 2, "-B", "-s", str(folder / "beat-schedule")),
    ]  # fmt: skip


def _next_free(port: int, taken: set[int]) -> int:
    for candidate in range(port, port + 100):
        if candidate not in taken and not _listens(candidate) and _can_bind(candidate):
            taken.add(candidate)
            return candidate
    return free_port()


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do, or a port would count as taken for a minute after its last connection.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except OSError:
        return False
