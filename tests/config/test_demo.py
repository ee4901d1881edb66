"""`manage.py demo --once`, end to end in a folder of its own: real services, real workers, real SMTP."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


def run_demo(folder: Path) -> "subprocess.CompletedProcess[str]":
    inherited = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in inherited}
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--once", "--contacts", "300"],
        cwd=ROOT,
        env={**environment, "SENDWELL_DATA": str(folder)},
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_it_sends_a_campaign_whose_numbers_add_up_and_repeats_nothing(tmp_path: Path) -> None:
    first = run_demo(tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "✗" not in first.stdout
    assert "people in the audience" in first.stdout

    started = time.monotonic()
    second = run_demo(tmp_path)
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.count("done before") == 7
    assert time.monotonic() - started < 60
    # Only the run that sends can vouch for having been undisturbed.
    assert sums(first.stdout) == [*sums(second.stdout), "✓ arrived twice = nothing: 0 = 0"]
    assert_nothing_runs(tmp_path)


def sums(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("✓") and ": " in line and " = " in line]


def assert_nothing_runs(folder: Path) -> None:
    deadline = time.monotonic() + 20
    while left := running_in(folder):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def running_in(folder: Path) -> list[str]:
    lines = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if str(folder) in line]
