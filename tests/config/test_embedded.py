"""Embedded services: one server per folder, used by all, gone after the last."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
USE = """
import os, sys
os.environ.pop("DATABASE_URL", None); os.environ.pop("REDIS_URL", None)
from config import embedded
embedded.ensure()
print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
sys.stdin.read()
"""
Begin = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Starts processes that use the services of one folder until they are ended."""
    monkeypatch.setenv("SENDWELL_DATA", str(tmp_path))
    users: list[subprocess.Popen[str]] = []

    def use() -> "subprocess.Popen[str]":
        user = subprocess.Popen(
            [sys.executable, "-c", USE], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        users.append(user)
        return user

    yield use
    for user in users:
        user.kill()
        user.communicate()
    assert_all_gone(tmp_path)


def assert_all_gone(folder: Path) -> None:
    deadline = time.monotonic() + 20
    while (folder / "postgres" / "postmaster.pid").exists() or processes_of(folder):
        assert time.monotonic() < deadline, processes_of(folder)
        time.sleep(0.05)


def processes_of(folder: Path) -> list[str]:
    lines = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if str(folder) in line]


def urls_of(user: "subprocess.Popen[str]") -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def test_processes_that_start_together_share_one_pair_of_servers(begin: Begin, tmp_path: Path) -> None:
    users = [begin() for _ in range(4)]
    urls = {urls_of(user) for user in users}
    assert len(urls) == 1
    assert "postgresql://" in urls.pop()
    masters = [line for line in processes_of(tmp_path) if f"-D {tmp_path}/postgres" in line]
    assert len(masters) == 1


def test_the_servers_stay_for_the_last_user_and_no_longer(begin: Begin, tmp_path: Path) -> None:
    first, second = begin(), begin()
    assert urls_of(first) == urls_of(second)
    # However a user ends: here by SIGKILL, where no exit hook runs.
    first.kill()
    first.wait(5)
    time.sleep(0.3)
    third = begin()
    assert urls_of(third) == urls_of(begin())
    for user in (second, third):
        user.kill()


def test_a_crashed_server_is_started_again_on_its_data(begin: Begin, tmp_path: Path) -> None:
    before = urls_of(begin())
    pid = int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    subprocess.run(["kill", "-9", str(pid)], check=True)
    time.sleep(0.3)
    after = urls_of(begin())
    assert after.split()[0].startswith("postgresql://")
    assert after.split()[1] == before.split()[1]


def test_a_new_user_waits_while_the_servers_go_down(begin: Begin) -> None:
    for _ in range(3):
        user = begin()
        assert "redis://" in urls_of(user)
        user.kill()
        user.wait(5)
