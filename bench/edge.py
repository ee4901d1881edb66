"""`python -m bench.edge`: the click edge against the same redirect through Django's full middleware, in one run."""

import socket
import sys
import time
from dataclasses import dataclass
from statistics import median

from bench.load import generate
from bench.stand import DATA, cpu_seconds, family, own_services, running
from config.embedded.postgres import free_port

ROUNDS = 3
SECONDS = 4.0
CONNECTIONS = 64
LINKS = ["https://shop.example/sale", "https://shop.example/new"]
EDGE_OPTIONS = ["--workers", "2", "--no-proxy-headers", "--no-access-log", "--log-level", "warning"]
DJANGO_OPTIONS = ["--workers", "2", "--threads", "4", "--log-level", "warning"]


def main() -> None:
    own_services()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    show(measure())


@dataclass(frozen=True)
class Run:
    """One server under load for a while, after a warm-up; `clicks` counts the warm-up's too."""

    requests_per_second: float
    cpu_us_per_click: float
    clicks: int
    refused: int


def measure() -> dict[str, float]:
    """Both servers take turns on the same cores, load and Redis; each click is recorded before it is answered."""
    paths = _paths()
    edge, full = [], []
    for _ in range(ROUNDS):
        edge.append(_serve_and_load("uvicorn", "deliverability.edge.app:application", *EDGE_OPTIONS, paths=paths))
        full.append(_serve_and_load("gunicorn", "config.wsgi", *DJANGO_OPTIONS, paths=paths))
    recorded, seconds = _consume()
    both = list(zip(edge, full, strict=True))
    return {
        "edge_over_django": round(median(a.requests_per_second / b.requests_per_second for a, b in both), 1),
        "django_cpu_over_edge_cpu": round(median(b.cpu_us_per_click / a.cpu_us_per_click for a, b in both), 1),
        "edge_requests_per_second": round(median(run.requests_per_second for run in edge)),
        "django_requests_per_second": round(median(run.requests_per_second for run in full)),
        "edge_cpu_us_per_click": round(median(run.cpu_us_per_click for run in edge)),
        "django_cpu_us_per_click": round(median(run.cpu_us_per_click for run in full)),
        "acknowledged": sum(run.clicks for run in edge + full),
        "refused": sum(run.refused for run in edge + full),
        "acknowledged_but_lost": max(0, sum(run.clicks for run in edge + full) - recorded),
        "consumer_events_per_second": round(recorded / seconds),
    }


def show(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", title="A click: verified, recorded, redirected (2 workers each, keep-alive)")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    Console().print(table)


def _serve_and_load(module: str, application: str, *options: str, paths: list[str]) -> Run:
    port = free_port()
    address = ["--port", str(port)] if module == "uvicorn" else ["--bind", f"127.0.0.1:{port}"]
    with running(sys.executable, "-m", module, application, *options, *address, log=f"{module}.log") as process:
        _await(port)
        warm_up = generate(port, paths, connections=CONNECTIONS, seconds=1.0, status=302)
        before = cpu_seconds(family(process.pid))
        load = generate(port, paths, connections=CONNECTIONS, seconds=SECONDS, status=302)
        used = cpu_seconds(family(process.pid)) - before
    return Run(
        requests_per_second=load.acknowledged / load.seconds,
        cpu_us_per_click=used / load.acknowledged * 1e6,
        clicks=warm_up.acknowledged + load.acknowledged,
        refused=warm_up.refused + load.refused,
    )


def _paths() -> list[str]:
    from deliverability.models import Provider, Stream
    from deliverability.queries import tokens
    from deliverability.services.mailings import open_mailing

    provider, _ = Provider.objects.get_or_create(name="nowhere")
    stream, _ = Stream.objects.get_or_create(slug="bench-edge", defaults={"kind": "marketing", "provider": provider})
    mailing = open_mailing(stream_id=stream.pk, composer="bench", reference="edge", links=LINKS)
    tokens_of_many = (tokens.sign(mailing.pk, recipient_id) for recipient_id in range(1, 1001))
    return [f"/t/c/{token}/{number}" for token in tokens_of_many for number in range(len(LINKS))]


def _consume() -> tuple[int, float]:
    """Write all clicks as events, as the consumer does, and say how many and in how many seconds."""
    from deliverability.services.engagement_events import consume_hits
    from deliverability.services.tracking import register_tracking_consent

    register_tracking_consent(lambda kind, recipient_ids: dict.fromkeys(recipient_ids, "google"))
    recorded, started = 0, time.perf_counter()
    while (consumed := consume_hits()).read:
        recorded += consumed.recorded
    return recorded, time.perf_counter() - started


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not listen within 60 seconds; its log says why: {DATA}")


if __name__ == "__main__":
    main()
