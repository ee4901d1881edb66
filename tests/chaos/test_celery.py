"""Drains under real Celery workers: started by beat, quick to stop, sparing with connections."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.installation import ROOT, Installation, wait_until
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

RECIPIENTS = 3000
OPEN = "SELECT count(*) FROM deliverability_deliverybatch WHERE state < 2"
LEASED = "SELECT count(*) FROM deliverability_deliverybatch WHERE state = 1"
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    installation = Installation(tmp_path, monkeypatch, "file")
    installation.start()
    try:
        yield installation
    finally:
        installation.stop()


def start_celery(installation: Installation) -> "subprocess.Popen[bytes]":
    """One worker with three processes for every queue of the engine, and beat."""
    command = [sys.executable, "-m", "celery", "-A", "tests.chaos.celery_app", "worker", "--beat", "-c", "3"]
    command += ["-Q", "bulk,transactional,periodic", "-s", str(installation.root / "beat"), "-l", "warning"]
    with installation.log.open("ab") as log:
        worker = subprocess.Popen(
            command, cwd=ROOT, env=installation.environment, stdout=log, stderr=log, start_new_session=True
        )
    installation.workers.append(worker)
    return worker


def test_beat_starts_drains_and_a_warm_shutdown_puts_the_rest_back(installation: Installation) -> None:
    with SmtpServer(delay=lambda rcpt: 0.1) as server:
        assert installation.run("prepare", server.port, RECIPIENTS, 10).wait() == 0
        worker = start_celery(installation)
        server.wait_for(100, timeout=60)
        assert installation.ask(BACKENDS)[0] <= 3, "a connection for each process"

        worker.send_signal(signal.SIGTERM)
        stopping = time.monotonic()
        worker.wait(30)
        assert time.monotonic() - stopping < 10
        sent = len(server.messages)
        assert 100 <= sent < RECIPIENTS
        assert installation.ask(LEASED) == (0,)

        server.delay = lambda rcpt: 0.0
        start_celery(installation)
        wait_until(lambda: installation.ask(OPEN) == (0,), 60)
        assert len(server.recipients) == len(set(server.recipients)) == RECIPIENTS, "a clean stop doubles nobody"


def test_transactional_mail_overtakes_a_campaign_to_a_million(installation: Installation) -> None:
    with SmtpServer(delay=lambda rcpt: 0.02) as server:
        assert installation.run("prepare", server.port, 1_000_000, 10).wait() == 0
        start_celery(installation)
        server.wait_for(200, timeout=60)
        before = len(server.messages)
        assert installation.run("write", 120).wait() == 0, installation.log.read_text()
        meanwhile = len(server.messages) - before
        assert installation.ask(OPEN) > (0,), "the bulk send was still under way"
    p99, slowest = map(float, installation.log.read_text().split()[-2:])
    assert meanwhile > 1000
    assert p99 <= slowest < 5
