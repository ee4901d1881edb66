"""Decides when the embedded services start and stop: the first process in starts them, the last one out stops them."""

import atexit
import fcntl
import os
from pathlib import Path
from typing import IO

from config.embedded import postgres, valkey

# Kept open for the life of the process: the kernel drops a dead process's lock, even after SIGKILL.
_membership: dict[Path, IO[str]] = {}


def data_folder() -> Path:
    return Path(os.environ.get("SENDWELL_DATA", ".data")).resolve()


def ensure() -> None:
    """Set DATABASE_URL and REDIS_URL, starting an embedded server for each that is not set.

    A live server found in the data folder is used again; two are never started on one folder. Raises
    SystemExit with advice where a server cannot run.
    """
    needs_postgres = not os.environ.get("DATABASE_URL")
    needs_valkey = not os.environ.get("REDIS_URL")
    if not (needs_postgres or needs_valkey):
        return
    root = data_folder()
    root.mkdir(parents=True, exist_ok=True)
    _join(root)
    with (root / "starting.lock").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if needs_postgres:
            os.environ["DATABASE_URL"] = postgres.start(root)
        if needs_valkey:
            os.environ["REDIS_URL"] = valkey.start(root)


def _join(root: Path) -> None:
    if root in _membership:
        return
    lock = (root / "users.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_SH)
    _membership[root] = lock
    owner = os.getpid()
    # A forked child inherits this hook and the lock; only the process that joined may leave.
    atexit.register(lambda: _leave(root) if os.getpid() == owner else None)


def _leave(root: Path) -> None:
    lock = _membership.pop(root)
    with (root / "starting.lock").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        postgres.stop(root)
        valkey.stop(root)
