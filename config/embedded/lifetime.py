"""Decides when the embedded services live: started by the first process in, stopped after the last one by a keeper."""

import fcntl
import os
from pathlib import Path
from typing import IO

from config.embedded import keeper, postgres, valkey

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
        keeper.hire(root)
        if needs_postgres:
            os.environ["DATABASE_URL"] = postgres.start(root)
        if needs_valkey:
            os.environ["REDIS_URL"] = valkey.start(root)


def _join(root: Path) -> None:
    if root not in _membership:
        lock = (root / "users.lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_SH)
        _membership[root] = lock
