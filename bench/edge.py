"""`python -m bench.edge`: the click edge against the same redirect through Django's full middleware, in one run."""

import os
import socket
import sys
import time
from statistics import median

from bench.load import Load, generate
from bench.stand import DATA, running
from config.embedded.postgres import free_port

ROUNDS = 3
SECONDS = 4.0
CONNECTIONS = 64
LINKS = ["https://shop.example/sale", "https://shop.example/new"]
EDGE_OPTIONS = ["--workers", "2", "--no-proxy-headers", "--no-access-log", "--log-level", "warning"]
DJANGO_OPTIONS = ["--workers", "2", "--threads", "4", "--log-level", "warning"]


def main() -> None:
    os.environ.setdefault("SENDWELL_DATA", str(DATA))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    DATA.mkdir(parents=True, exist_ok=True)
    from config import embedded

    embedded.ensure()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    show(measure())


def measure() -> dict[str, float]:
    """Both servers take turns on the same cores, load and Redis; each click is recorded before it is answered."""
    paths = _paths()
    edge: list[Load] = []
    full: list[Load] = []
    for _ in range(ROUNDS):
        edge += _serve_and_load("uvicorn", "deliverability.edge.app:application", *EDGE_OPTIONS, paths=paths)
        full += _serve_and_load("gunicorn", "config.wsgi", *DJANGO_OPTIONS, paths=paths)
    acknowledged = sum(load.acknowledged for load in edge + full)
    recorded, seconds = _consume()
    rates = zip(edge[1::2], full[1::2], strict=True)
    return {
        "edge_over_django": round(
            median(ours.requests_per_second / theirs.requests_per_second for ours, theirs in rates), 1
        ),
        "edge_requests_per_second": round(median(load.requests_per_second for load in edge[1::2])),
        "django_requests_per_second": round(median(load.requests_per_second for load in full[1::2])),
        "acknowledged": acknowledged,
        "refused": sum(load.refused for load in edge + full),
        "acknowledged_but_lost": max(0, acknowledged - recorded),
        "consumer_events_per_second": round(recorded / seconds),
    }


def show(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", title="A click: verified, recorded, redirected (2 workers each, keep-alive)")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    Console().print(table)


def _serve_and_load(module: str, application: str, *options: str, paths: list[str]) -> list[Load]:
    """A warm-up that fills caches and opens connections, then the run that counts."""
    port = free_port()
    address = ["--port", str(port)] if module == "uvicorn" else ["--bind", f"127.0.0.1:{port}"]
    with running(sys.executable, "-m", module, application, *options, *address, log=f"{module}.log"):
        _await(port)
        return [
            generate(port, paths, connections=CONNECTIONS, seconds=seconds, status=302) for seconds in (1.0, SECONDS)
        ]


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
