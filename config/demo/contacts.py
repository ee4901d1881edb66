"""Brings the demo's people in, as an operator would: three exports, three imports, a statement of consent for each."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from config.demo.furnishing import ADMIN, NEWSLETTER
from config.demo.people import BROKEN, HEADER, invent_people, write_people
from subscribers.models import ImportRun
from subscribers.services.imports import ImportOrder, Tally, import_contacts

CONSENT_SOURCE = "Checkout of the online shop, box ticked, 2023 to 2026"
_FILES = {f"{NEWSLETTER}.csv": NEWSLETTER, "offers.csv": "offers", "tastings.csv": "tastings"}
_CITY = HEADER.index("City")


def import_people(folder: Path, count: int, tell: Callable[[int, int], None]) -> Tally | None:
    """Invent, write and import; None when an earlier run has done so. `tell` gets people done and total."""
    finished = ImportRun.objects.filter(state=ImportRun.State.FINISHED).values_list("file_name", flat=True)
    missing = [name for name in _FILES if name not in set(finished)]
    if not missing:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    people = list(invent_people(count))
    files = {name: rows for name, rows in _files(people).items() if name in missing}
    everybody = sum(map(len, files.values()))
    tally, before = Tally(), 0
    for name, rows in files.items():
        write_people(folder / name, rows)
        tally.add(_import(folder / name, partial(_tell_all, tell, before, everybody)))
        before += len(rows)
    return tally


def _tell_all(tell: Callable[[int, int], None], before: int, everybody: int, done: int) -> None:
    tell(before + done, everybody)


def _files(people: Sequence[list[str]]) -> dict[str, list[list[str]]]:
    return {
        f"{NEWSLETTER}.csv": [*people, *map(_broken, BROKEN)],
        "offers.csv": list(people[::3]),
        "tastings.csv": [row for row in people if row[_CITY] == "Berlin"],
    }


def _broken(start: Sequence[str]) -> list[str]:
    return [*start, *[""] * (len(HEADER) - len(start))]


def _import(path: Path, tell: Callable[[int], None]) -> Tally:
    def progress(phase: str, done: int, total: int) -> None:
        if phase == "writing":
            tell(done)

    order = ImportOrder(
        path=path, list_slug=_FILES[path.name], consent_source=CONSENT_SOURCE, actor=ADMIN, encoding="utf-8"
    )
    return import_contacts(order=order, progress=progress).tally
