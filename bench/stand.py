"""The test stand of a run: services and database of its own, the sink that counts, and what processes cost."""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".data" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
# The sink writes its buffer when it has been idle for 200 ms.
FLUSH_SECONDS = 0.5


def own_services(data: Path = DATA) -> None:
    """Set Django up on services of the bench's own in `data`: a bench empties its database, so it takes no other."""
    data.mkdir(parents=True, exist_ok=True)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ["SENDWELL_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from config import embedded

    embedded.ensure()
    import django

    django.setup()


def empty_database() -> None:
    """Everything gone, then the tables made anew."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)


class Sink:
    """A running sink; `delivered()` is its record of who got how many mails."""

    def __init__(self, port: int, record: Path) -> None:
        self.port = port
        self.record = record

    def delivered(self) -> Counter[str]:
        time.sleep(FLUSH_SECONDS)
        return Counter(line.split(" ", 1)[0] for line in self.record.read_text().splitlines())

    def mean_size(self) -> int:
        sizes = [int(line.rsplit(" ", 1)[1]) for line in self.record.read_text().splitlines()]
        return sum(sizes) // max(1, len(sizes))

    def forget(self) -> None:
        """Empty the record, once the sink has written what it still held; it appends, so it goes on at the start."""
        time.sleep(FLUSH_SECONDS)
        os.truncate(self.record, 0)


@contextmanager
def sink() -> Iterator[Sink]:
    """Compile and start the sink on a free port; its record starts empty."""
    from config.embedded.postgres import free_port

    DATA.mkdir(parents=True, exist_ok=True)
    program, record = DATA / "sink", DATA / "sink.record"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise SystemExit("The sink is C, and no compiler was found. On Debian: apt install gcc")
    subprocess.run([compiler, "-O2", "-o", str(program), str(ROOT / "bench" / "sink.c")], check=True)
    record.unlink(missing_ok=True)
    port = free_port()
    process = subprocess.Popen([str(program), str(port), str(record)])
    try:
        time.sleep(0.2)
        yield Sink(port, record)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def running(*command: str, log: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child process with its own group, ended with all of its children."""
    with (DATA / log).open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


def family(pid: int) -> list[int]:
    """The process and all of its descendants, now."""
    members = [pid]
    for member in members:
        try:
            members += map(int, Path(f"/proc/{member}/task/{member}/children").read_text().split())
        except OSError:
            continue
    return members


def cpu_seconds(pids: list[int]) -> float:
    """User and system time that living processes have used so far."""
    total = 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def peak_rss_mb(pids: list[int]) -> float:
    """The largest peak of resident memory among the processes, in MB."""
    peaks = [0]
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        peaks += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks) / 1024
