"""Runs the programs that make one Sendwell on one machine, restarts what crashes, and leaves nothing behind."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

READY_SECONDS = 60
STOP_SECONDS = 15
LONG_LIFE_SECONDS = 60
MAX_BACK_OFF_SECONDS = 30
LOG_BYTES = 20_000_000
_PR_SET_PDEATHSIG = 1


class NotReady(Exception):
    """A program ended or did not answer in time."""


class AlreadyRunning(Exception):
    """Another supervisor holds this data folder."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how to tell that it works: `is_ready` gets the text of its log since the start."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[str], bool]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    program: Program
    process: "subprocess.Popen[bytes]"
    log: Path
    log_start: int
    started_at: float
    crashes: int = 0
    restart_at: float = 0.0


class Supervisor:
    """Owns the children; `logs` gets one file for each. Call `tend` regularly, and `stop` at the end."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, _Child] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, program: Program) -> None:
        self._children[program.name] = self._spawn(program)

    def await_ready(self, name: str, seconds: float = READY_SECONDS) -> None:
        """Raises NotReady, naming the log, when the program ends or stays silent for too long."""
        child = self._children[name]
        deadline = time.monotonic() + seconds
        while not child.program.is_ready(self._text(child)):
            if (status := child.process.poll()) is not None:
                raise NotReady(f"{name} ended with status {status}; its log says why: {child.log}")
            if time.monotonic() > deadline:
                raise NotReady(f"{name} did not become ready in {seconds:.0f} s; its log says why: {child.log}")
            time.sleep(0.05)

    def tend(self) -> list[str]:
        """Restart crashed programs, each a little later than the last time; returns what happened, in words."""
        news = []
        now = time.monotonic()
        for name, child in self._children.items():
            if child.process.poll() is None:
                continue
            if not child.restart_at:
                crashes = 1 if now - child.started_at > LONG_LIFE_SECONDS else child.crashes + 1
                wait = min(2.0 ** (crashes - 1), MAX_BACK_OFF_SECONDS)
                child.crashes, child.restart_at = crashes, now + wait
                _signal_group(child.process, signal.SIGKILL)
                news.append(f"{name} ended by itself; it starts again in {wait:.0f} s. Its log: {child.log}")
            elif now >= child.restart_at:
                self._children[name] = self._spawn(child.program, child.crashes)
        return news

    def stop(self) -> None:
        """End every child and all of its descendants: asked at first, made to after STOP_SECONDS."""
        running = [child.process for child in reversed(self._children.values())]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            # Also where it ended in time: its own children may have outlived it.
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._children.clear()

    def _spawn(self, program: Program, crashes: int = 0) -> _Child:
        log = self._logs / f"{program.name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            start = output.tell()
            process = subprocess.Popen(
                program.command,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches the supervisor alone, which then stops everything in order.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        return _Child(program, process, log, start, time.monotonic(), crashes)

    def _text(self, child: _Child) -> str:
        with child.log.open("rb") as log:
            log.seek(child.log_start)
            return log.read().decode(errors="replace")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the data folder. Raises AlreadyRunning while another supervisor does."""
    with (root / "supervisor.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end the work as Ctrl-C does, so that `finally` blocks run."""

    def interrupt(number: int, _: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    # SIGINT as well: a shell starts what runs in its background with that one ignored.
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


# Loaded before any fork: between fork and exec nothing may need a lock that another thread holds.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    # SIGTERM, so that the child can stop its own children.
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        # macOS says this of a group whose last process is a zombie.
        pass
