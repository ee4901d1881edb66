"""`python -m bench.web`: what every screen of the web admin costs the server at a million people."""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

from bench.stand import DATA, ROOT, own_services

TIMES = 30
PAGE_MS, TICK_MS = 100, 5


@dataclass(frozen=True)
class Cost:
    """One page: milliseconds of the server, from the first middleware to the last; queries of one request.

    `cpu_ms` is what the web process itself computed; the rest is the database, and waiting for a busy machine.
    """

    screen: str
    path: str
    median_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    slowest_query_ms: float
    slowest_query: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="measure the data of the last run")
    parser.add_argument("names", nargs="*", help="only screens whose name begins so")
    options = parser.parse_args()
    own_services(DATA / "web")
    from django.conf import settings
    from django.core.management import call_command

    from bench import installation, places

    # WhiteNoise warns of a folder that only collectstatic makes.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    seconds = 0.0
    if options.keep:
        call_command("migrate", verbosity=0)
    else:
        seconds = installation.build(options.people)
    client = _owner(installation.OWNER)
    wanted = tuple(options.names) or ("",)
    groups = {
        group: [_measure(client, place) for place in found if place.name.startswith(wanted)]
        for group, found in (
            ("pages", places.pages()),
            ("ticks", places.ticks()),
            ("first_looks", places.first_looks()),
        )
    }
    for group, limit in (("pages", PAGE_MS), ("first_looks", PAGE_MS), ("ticks", TICK_MS)):
        show(group, groups[group], limit)
    if not options.names:
        _keep(options.people, seconds, groups)


def _measure(client: Any, place: Any) -> Cost:
    from django.core.cache import cache

    taken: list[float] = []
    used: list[float] = []
    asked: list[list[_Asked]] = []
    for _ in range(TIMES + 1):
        if place.forgets:
            cache.clear()
        with _listening() as queries:
            started, cpu = time.perf_counter(), time.process_time()
            answer = client.get(place.path, headers=place.headers)
            taken.append(1000 * (time.perf_counter() - started))
            used.append(1000 * (time.process_time() - cpu))
        asked.append(queries)
        if answer.status_code != 200:
            raise SystemExit(f"{place.name} answered {answer.status_code}: {place.path}")
    # The first request of a process reads templates and makes connections; a page that keeps nothing is warm then too.
    taken, used, asked = taken[1:], used[1:], asked[1:]
    slowest = _slowest(asked)
    return Cost(
        screen=place.name,
        path=place.path,
        median_ms=round(median(taken), 1),
        p95_ms=round(quantiles(taken, n=20)[-1], 1),
        cpu_ms=round(median(used), 1),
        queries=max(map(len, asked)),
        slowest_query_ms=round(slowest.ms, 1),
        slowest_query=" ".join(slowest.sql.split())[:160],
    )


def _slowest(requests: list[list["_Asked"]]) -> "_Asked":
    """By the median over the requests, so that one that had to wait for the machine does not stand out."""
    by_sql: defaultdict[str, list[float]] = defaultdict(list)
    for request in requests:
        for each in request:
            by_sql[each.sql].append(each.ms)
    medians = [_Asked(median(times), sql) for sql, times in by_sql.items()]
    return max(medians, key=lambda each: each.ms, default=_Asked(0.0, ""))


@dataclass(frozen=True)
class _Asked:
    ms: float
    sql: str


@contextmanager
def _listening() -> Iterator[list[_Asked]]:
    from django.db import connection

    asked: list[_Asked] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            asked.append(_Asked(1000 * (time.perf_counter() - started), sql))

    with connection.execute_wrapper(listen):
        yield asked


def _owner(email: str) -> Any:
    from django.test import Client

    from accounts.models import User

    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=True)
    client.force_login(User.objects.get(email=email), "django.contrib.auth.backends.ModelBackend")
    return client


def show(group: str, costs: list[Cost], limit: float) -> None:
    from rich.console import Console
    from rich.table import Table

    title = f"{group.replace('_', ' ')}: to stay under {limit} ms"
    table = Table("screen", "median ms", "p95 ms", "CPU ms", "queries", "slowest ms", "slowest query", title=title)
    for cost in costs:
        style = "bold red" if cost.median_ms > limit else ""
        times = (cost.median_ms, cost.p95_ms, cost.cpu_ms)
        numbers = (*(f"{each:,.1f}" for each in times), str(cost.queries), f"{cost.slowest_query_ms:,.1f}")
        table.add_row(cost.screen, *numbers, cost.slowest_query[:70], style=style)
    Console(width=160).print(table)


def _keep(people: int, seconds: float, groups: dict[str, list[Cost]]) -> None:
    from bench import places

    figures: dict[str, Any] = {"people": people, **places.sizes()}
    if seconds:
        figures["seconds_to_build"] = round(seconds)
    for group, costs in groups.items():
        figures[group] = {cost.screen: {k: v for k, v in asdict(cost).items() if k != "screen"} for cost in costs}
    (ROOT / "bench" / "results-web.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
