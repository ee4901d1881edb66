"""The yardstick: Postfix's own load generator against the same sink, at the same size."""

import shutil
import subprocess
import time

from bench.stand import Sink

CONNECTIONS = 20


def program() -> str:
    found = shutil.which("smtp-source") or shutil.which("smtp-source", path="/usr/sbin")
    if not found:
        raise SystemExit("The yardstick is Postfix's smtp-source, which was not found. On Debian: apt install postfix")
    return found


def messages_per_second(sink: Sink, messages: int, size: int) -> float:
    options = ["-s", str(CONNECTIONS), "-m", str(messages), "-l", str(size), "-N"]
    options += ["-f", "source@bench.example", "-t", "source@bench.example"]
    started = time.perf_counter()
    subprocess.run([program(), *options, f"127.0.0.1:{sink.port}"], check=True)
    return messages / (time.perf_counter() - started)
