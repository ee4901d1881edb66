"""The supervisor: children start, are restarted, and never outlive it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.supervisor import AlreadyRunning, NotReady, Program, Supervisor, alone

ROOT = Path(__file__).resolve().parents[2]
# A child with a child of its own, both of which say who they are.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("family", child.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import sys, time
from pathlib import Path
from config.supervisor import Program, Supervisor, interruptible
supervisor = Supervisor(Path(sys.argv[1]))
try:
    with interruptible():
        supervisor.start(Program("family", (sys.executable, "-c", sys.argv[2]), lambda text: "family" in text))
        supervisor.await_ready("family")
        print("ready", flush=True)
        time.sleep(60)
except KeyboardInterrupt:
    pass
finally:
    supervisor.stop()
"""


def python(source: str, ready: str = "") -> Program:
    return Program("child", (sys.executable, "-uc", source), lambda text: ready in text)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie whom nobody has waited for yet runs no more.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state) and not state.startswith("Z")


def await_gone(pids: list[int], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, pids
        time.sleep(0.02)


def test_a_program_that_ends_at_once_is_named_with_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("print('port taken'); raise SystemExit(3)", ready="never"))
    with pytest.raises(NotReady, match=rf"child ended with status 3.*{tmp_path}/child\.log"):
        supervisor.await_ready("child")
    assert "port taken" in (tmp_path / "child.log").read_text()


def test_a_silent_program_is_given_up(supervisor: Supervisor) -> None:
    supervisor.start(python("import time; time.sleep(60)", ready="never"))
    with pytest.raises(NotReady, match="did not become ready in 0 s"):
        supervisor.await_ready("child", seconds=0.2)


def test_readiness_is_read_from_this_start_only(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "child.log").write_text("ready, said an earlier run\n")
    supervisor.start(python("import time; time.sleep(60)", ready="ready"))
    with pytest.raises(NotReady):
        supervisor.await_ready("child", seconds=0.2)


def test_a_crashed_program_starts_again_and_later_each_time(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("print('up')"))
    news: list[str] = []
    deadline = time.monotonic() + 15
    while len(news) < 3 and time.monotonic() < deadline:
        news += supervisor.tend()
        time.sleep(0.02)
    assert [line.split(" in ")[1].split(" s")[0] for line in news] == ["1", "2", "4"]
    assert (tmp_path / "child.log").read_text().count("up") == 3


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_supervisor_takes_its_grandchildren_along(tmp_path: Path, how: signal.Signals) -> None:
    parent, pids = start_parent(tmp_path)
    parent.send_signal(how)
    assert parent.wait(10) == 0
    await_gone(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's; elsewhere the next start cleans up")
def test_children_of_a_killed_supervisor_end(tmp_path: Path) -> None:
    parent, pids = start_parent(tmp_path)
    parent.kill()
    parent.wait(5)
    await_gone(pids[:1])
    # The grandchild here is a plain process that nobody told; real ones leave with their master.
    os.kill(pids[1], signal.SIGKILL)


def start_parent(logs: Path) -> "tuple[subprocess.Popen[str], list[int]]":
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(logs), FAMILY], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    grandchild = int((logs / "family.log").read_text().split()[1])
    child = int(subprocess.run(["ps", "-o", "ppid=", "-p", str(grandchild)], capture_output=True, text=True).stdout)
    return parent, [child, grandchild]


def test_only_one_supervisor_holds_a_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AlreadyRunning), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
