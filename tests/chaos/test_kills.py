"""The crash rule: workers die at random moments, services restart, and nobody is lost."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import postgres, valkey
from tests.chaos.installation import Installation, wait_until
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

RECIPIENTS = 8000
CONNECTIONS = 5
WORKERS = 3
KILLS = 12


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


def test_kills_and_restarts_lose_nobody_and_double_next_to_nobody(installation: Installation) -> None:
    with SmtpServer(delay=lambda rcpt: 0.04) as server:
        assert installation.run("prepare", server.port, RECIPIENTS, CONNECTIONS).wait() == 0
        for _ in range(WORKERS):
            installation.start_worker()
        server.wait_for(200, timeout=60)
        for kill in range(KILLS):
            time.sleep(random.uniform(0.5, 1.5))
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
    assert doubled <= KILLS * CONNECTIONS
    assert len({mail.data for mail in server.messages}) == RECIPIENTS, "a second copy has the same Message-ID"
    events = "SELECT count(*), count(DISTINCT recipient_id) FROM deliverability_event WHERE kind = 1"
    assert installation.ask(events) == (RECIPIENTS, RECIPIENTS), "one event for each"
    assert installation.ask("SELECT sum(total)::int FROM deliverability_mailingcount") == (RECIPIENTS,)
    assert installation.ask("SELECT count(*) FROM deliverability_event") == (RECIPIENTS,)
