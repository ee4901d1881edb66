"""`python -m bench.imports`: an import of a million rows against a bare COPY of the same file, in one run."""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.stand import DATA, ROOT, empty_database, own_services

ROUNDS = 2
BLOCK = 1 << 20
CONSENT = "Shop of the bench, at the checkout"


@dataclass(frozen=True)
class Run:
    import_seconds: float
    copy_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    own_services(DATA / "imports")
    figures = measure(rows)
    (ROOT / "bench" / "results-imports.json").write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)


def measure(rows: int) -> dict[str, float]:
    """Both take turns on the same server and file; every import begins with an empty database."""
    from subscribers.models import Subscription

    file = _write(DATA / "imports" / "people.csv", rows)
    runs = []
    for _ in range(ROUNDS):
        empty_database()
        copied = _copy(file)
        runs.append(Run(_import(file), copied))
        if (subscribed := Subscription.objects.filter(consent__isnull=False).count()) != rows:
            raise SystemExit(f"{subscribed:,} of {rows:,} people were subscribed with a ledger entry.")
    seconds = median(run.import_seconds for run in runs)
    return {
        "rows": rows,
        "file_mb": round(file.stat().st_size / 1e6, 1),
        "import_over_copy": round(median(run.import_seconds / run.copy_seconds for run in runs), 1),
        "import_seconds": round(seconds, 1),
        "copy_seconds": round(median(run.copy_seconds for run in runs), 2),
        "rows_per_second": round(rows / seconds),
        # Of the whole process, Python and Django included; the largest of all rounds.
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1),
    }


def show(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", title="import_contacts, and a bare COPY")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    Console().print(table)


def _import(file: Path) -> float:
    """By the command that people use; its own seconds, without those in which Python starts."""
    from subscribers.models import MailingList

    MailingList.objects.create(name="News", slug="news")
    command = [sys.executable, "manage.py", "import_contacts", str(file), "--list=news", "--declare-fields", "--json"]
    done = subprocess.run(
        [*command, f"--consent-source={CONSENT}", f"--rejects={file.with_suffix('.rejects.csv')}"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(json.loads(done.stdout)["seconds"])


def _copy(file: Path) -> float:
    from django.db import connection

    with connection.cursor() as cursor, file.open("rb") as rows:
        cursor.execute("CREATE TABLE bare (email text, first_name text, last_name text, country text, city text)")
        started = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
            while block := rows.read(BLOCK):
                copy.write(block)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bare")
    return seconds


def _write(file: Path, rows: int) -> Path:
    """People in no order, as exports of shops are."""
    from bench.people import FIRST_NAMES, LAST_NAMES, SHARES

    chance = random.Random(1)
    domains = chance.choices(list(SHARES), list(SHARES.values()), k=rows)
    numbers = list(range(rows))
    chance.shuffle(numbers)
    with file.open("w", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(["Email", "First name", "Last name", "Country", "City"])
        for number, domain in zip(numbers, domains, strict=True):
            first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
            email = f"{first}.{last}{number}@{domain}".lower()
            writer.writerow([email, first, last, "DE", f"City {number % 97}"])
    return file


if __name__ == "__main__":
    main()
