"""Imports past and present: page by page, how far one is, and what it did not take."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from subscribers.models import ImportRun
from subscribers.rules.imports.places import reports_beside

ON_A_PAGE = 25
# A queue that was lost with its Redis is noticed by nobody else.
_FORGOTTEN = timedelta(minutes=1)


class Progress(NamedTuple):
    """`phase` is "reading" (in bytes) or "writing" (in people); empty before a worker has begun.

    `pace` is how many of them a second it takes at present, 0 while that is unknown.
    """

    phase: str = ""
    done: int = 0
    total: int = 0
    pace: float = 0.0

    @property
    def seconds_left(self) -> int | None:
        """Of this phase."""
        return round((self.total - self.done) / self.pace) if self.pace > 0 else None


class ReportLine(NamedTuple):
    """What became of one cell or row, in the words of the report."""

    row: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """`older` and `newer` are ids to go on from, 0 at an end."""

    runs: list[ImportRun]
    newer: int
    older: int


def run_page(*, after: int = 0, before: int = 0) -> RunPage:
    """Newest first: those below the id `after`, or the page that ends above `before`."""
    found = _listed().filter(id__gt=before).order_by("id") if before else _listed().order_by("-id")
    if after and not before:
        found = found.filter(id__lt=after)
    runs = list(found[: ON_A_PAGE + 1])
    has_more = len(runs) > ON_A_PAGE
    runs = runs[:ON_A_PAGE]
    if before:
        runs.reverse()
    has_newer, has_older = (has_more, True) if before else (bool(after), has_more)
    return RunPage(runs, runs[0].pk if has_newer and runs else 0, runs[-1].pk if has_older and runs else 0)


def progress_key(run_id: int) -> str:
    return f"import-progress:{run_id}"


def progress_of(run_id: int) -> Progress:
    """Nothing while nobody has said anything, or Redis is away."""
    try:
        said = cache.get(progress_key(run_id))
    except RedisError:
        said = None
    return Progress(*said) if said else Progress()


def report_files(run: ImportRun) -> dict[str, Path]:
    """The reports that hold anything: "rejects", "kept-out" and "left-out"."""
    if not run.rejects_path:
        return {}
    places = reports_beside(Path(run.rejects_path))
    if not run.rejected:
        # It is made for every import, and holds a header alone.
        del places["rejects"]
    return {name: path for name, path in places.items() if path.is_file()}


def first_lines(path: Path, most: int = 20) -> list[ReportLine]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(islice(_lines(csv.reader(file)), most))


def unfinished_uploads(now: datetime | None = None) -> list[int]:
    """Imports that a worker should be at by now; it may be, and then a second one goes away again."""
    since = (now or timezone.now()) - _FORGOTTEN
    states = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
    waiting = ImportRun.objects.filter(state__in=states, started_at__lt=since).exclude(upload="")
    return list(waiting.order_by("id").values_list("id", flat=True))


def first_in_line() -> int | None:
    """The upload that is to be imported next, or is under way: whoever asked first."""
    return _line().values_list("id", flat=True).first()


def ahead_of(run: ImportRun) -> int:
    """How many imports are to be through before this one begins."""
    return _line().filter(Q(started_at__lt=run.started_at) | Q(started_at=run.started_at, id__lt=run.pk)).count()


def undoes_under_way() -> list[int]:
    """Imports whose undoing a worker should be at by now."""
    return list(ImportRun.objects.filter(state=ImportRun.State.UNDOING).order_by("id").values_list("id", flat=True))


def _line() -> QuerySet[ImportRun]:
    under_way = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
    return ImportRun.objects.filter(state__in=under_way).exclude(upload="").order_by("started_at", "id")


def _listed() -> QuerySet[ImportRun]:
    return ImportRun.objects.select_related("mailing_list").defer("survey", "asked", "mapping")


def _lines(rows: Iterator[list[str]]) -> Iterator[ReportLine]:
    next(rows, None)
    for row in rows:
        if len(row) == len(ReportLine._fields):
            yield ReportLine(*row)
