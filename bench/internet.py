"""`make bench-internet`: what the lanes get out of mailbox providers with tempers, counted at the servers."""

import argparse
import json
import tempfile
import time
from pathlib import Path

from bench.stand import ROOT
from tests.internet import characters
from tests.internet.world import Route, Seen, running_world

# A minute of the engine lasts ten seconds.
RETRY_SCALE = 1 / 6
FIRST_MINUTES = 90
ALLOWED = {"google": 90.0, "microsoft": 50.0, "yahoo": 70.0, "orange": 2.0, "apple": 40.0}
ROUTES = (
    Route(characters.gmail(90), 60_000, streams=2),
    Route(characters.outlook(50), 60_000),
    Route(characters.yahoo(70), 60_000),
    Route(characters.slow(1.0), 5_000),
    Route(
        characters.patient(),
        60_000,
        streams=2,
        limits={"max_connections": 3, "messages_per_connection": 10, "messages_per_second": 40},
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=180, help="how long to measure after the first minutes")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, running_world(ROUTES, Path(folder), retry_scale=RETRY_SCALE) as world:
        while not world.look(0)["google"].total["accepted"]:
            time.sleep(0.5)
        time.sleep(FIRST_MINUTES)
        since = time.time()
        time.sleep(seconds)
        seen = world.look(since)
    figures = {name: _figures(seen[name], allowed) for name, allowed in ALLOWED.items()}
    (ROOT / "bench" / "internet.json").write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)


def show(figures: dict[str, dict[str, float]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("counted at the servers", *figures, title="What the lanes get out of each mailbox provider")
    for name in next(iter(figures.values())):
        table.add_row(name.replace("_", " "), *(f"{values[name]:,}" for values in figures.values()))
    Console().print(table)


def _figures(seen: Seen, allowed: float) -> dict[str, float]:
    return {
        "allowed_per_second": allowed,
        "accepted_per_second": round(seen.per_second, 1),
        "share_of_allowed": round(seen.per_second / allowed, 3),
        "refused_share": round(seen.refused_share, 4),
        "most_connections": seen.total["most_open"],
        "connections_turned_away": seen.total["turned_away"],
        "most_on_a_connection": seen.total["most_on_one"],
    }


if __name__ == "__main__":
    main()
