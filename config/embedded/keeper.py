"""Stops the embedded servers when the last process that used them is gone, however it ended, SIGKILL included."""

import fcntl
import subprocess
import sys
from pathlib import Path

from config.embedded import postgres, valkey

PROJECT = Path(__file__).resolve().parents[2]


def hire(root: Path) -> None:
    """Start a keeper for the servers in `root` where none waits. One too many does no harm: it has nothing to stop."""
    with (root / "keeper.lock").open("a") as waiting:
        try:
            fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
    subprocess.Popen(
        [sys.executable, "-m", "config.embedded.keeper", str(root)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def keep(root: Path) -> None:
    """Wait until nobody uses the servers in `root`, then stop them; newcomers wait meanwhile."""
    with (root / "keeper.lock").open("a") as waiting, (root / "users.lock").open("a") as users:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_EX)
        # Given up first: whoever comes next must not take a leaving keeper for a waiting one.
        fcntl.flock(waiting, fcntl.LOCK_UN)
        postgres.stop(root)
        valkey.stop(root)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
