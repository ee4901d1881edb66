"""The primary provider dies in mid-send: the stream goes on through the next, and nobody's mail is taken by both."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.embedded.postgres import free_port
from tests.chaos.installation import ROOT, Installation, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(200)]

RECIPIENTS = 2000
CONNECTIONS = 10
WORKERS = 2
OPEN = "SELECT count(*) FROM deliverability_deliverybatch WHERE state < 2"


@dataclass
class Relay:
    """One of the two servers, and its book of accepted recipients."""

    book: Path
    delay: float
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        self.book.touch()
        arguments = ["-m", "tests.chaos.relay", str(self.port), str(self.book), str(self.delay)]
        self.process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    @property
    def accepted(self) -> list[tuple[float, str]]:
        lines = (line.split() for line in self.book.read_text().splitlines())
        return [(float(moment), rcpt) for moment, rcpt in lines]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    installation = Installation(tmp_path, monkeypatch, "file")
    installation.start()
    # Pauses, stages and retries of minutes become seconds; how long a silence may last stays as shipped.
    installation.environment["SENDWELL_RETRY_SCALE"] = "0.02"
    try:
        yield installation
    finally:
        installation.stop()


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[tuple[Relay, Relay]]:
    first, second = Relay(tmp_path / "first", 0.02), Relay(tmp_path / "second", 0.1)
    first.start()
    second.start()
    try:
        yield first, second
    finally:
        first.stop()
        second.stop()


@pytest.mark.parametrize("fate", ["killed", "hangs", "answers 421"])
def test_a_dying_provider_is_left_within_seconds_and_nothing_is_lost_or_taken_by_both(
    installation: Installation, relays: tuple[Relay, Relay], fate: str
) -> None:
    first, second = relays
    assert installation.run("prepare", first.port, RECIPIENTS, CONNECTIONS).wait() == 0
    assert installation.run("add_way", second.port, CONNECTIONS).wait() == 0
    for _ in range(WORKERS):
        installation.start_worker()
    installation.workers.append(installation.run("beat"))
    wait_until(lambda: len(first.accepted) > 200, 60)
    assert second.accepted == [], "the second tier waits while the first works"

    struck = time.time()
    if fate == "killed":
        first.signal(signal.SIGUSR1)
    elif fate == "hangs":
        first.signal(signal.SIGSTOP)
    else:
        first.signal(signal.SIGUSR2)
    wait_until(lambda: len(second.accepted) > 200, 60)
    assert second.accepted[0][0] - struck < 30, "cut-over takes too long"

    if fate == "killed":
        first.stop()
        first.start()
    elif fate == "hangs":
        first.signal(signal.SIGCONT)
    else:
        first.signal(signal.SIGUSR2)
    wait_until(lambda: installation.ask(OPEN) == (0,), 120)

    by_first, by_second = ({rcpt for _, rcpt in relay.accepted} for relay in relays)
    assert by_first | by_second == {f"{n}@gmail.example" for n in range(1, RECIPIENTS + 1)}, "nobody is lost"
    assert by_first & by_second == set(), "nobody's mail was taken by both"
    assert len(second.accepted) == len(by_second)
    assert len(first.accepted) - len(by_first) <= WORKERS * CONNECTIONS, "only what was in flight came twice"
    accepted = "SELECT count(*), count(DISTINCT recipient_id) FROM deliverability_event WHERE kind = 1"
    assert installation.ask(accepted) == (RECIPIENTS, RECIPIENTS), "one event for each"
    wait_until(lambda: returns_step_by_step(installation), 60)
    assert {rcpt for moment, rcpt in first.accepted if moment > struck + 1}, "and takes mail again"


def returns_step_by_step(installation: Installation) -> bool:
    [story] = installation.ask("SELECT string_agg(standing, ' ' ORDER BY id) FROM deliverability_providerchange")
    assert str(story).startswith("out"), story
    if "trial tenth" in str(story):
        return True
    # Only mail can try a provider, one batch in ten, and the second may have been quick with all there was.
    if installation.ask(OPEN) == (0,):
        assert installation.run("enqueue", 300, 30).wait() == 0
    return False
