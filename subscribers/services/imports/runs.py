"""Keeps the record of an import: one at a time for a file and a list, and one that was cut off is taken up again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from subscribers.errors import ImportHalted, ImportUnderWay
from subscribers.models import ImportRun
from subscribers.services.imports.results import Tally

UNDER_WAY = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
_HALTED = (ImportRun.State.PAUSED, ImportRun.State.CANCELLED)
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


@contextmanager
def sole_import(mailing_list_id: int, sha256: str, patience: float) -> Iterator[None]:
    """Hold the session's lock on this file and list. The server drops it with its session, even after SIGKILL.

    It notices that a killed import is gone when it has finished the statement it is at: `patience`, in seconds.
    """
    with _held(f"import {mailing_list_id} {sha256}", patience) as is_held:
        if not is_held:
            raise ImportUnderWay(
                "This file is being imported into this list by another process right now. Nothing was changed here; "
                "wait until the other one has finished."
            )
        yield


@contextmanager
def turn() -> Iterator[bool]:
    """Whether it is this worker's turn to import what was uploaded: one file at a time, in the order of the line."""
    with _held("imports take turns", 0) as is_held:
        yield is_held


@contextmanager
def _held(name: str, patience: float) -> Iterator[bool]:
    deadline = time.monotonic() + patience
    while not (is_held := _lock(name)) and time.monotonic() < deadline:
        time.sleep(0.1)
    try:
        yield is_held
    finally:
        if is_held and connection.connection and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_UNLOCK, [name])


def _lock(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        return bool(cursor.fetchone()[0])


def begin_run(run_id: int | None = None, **facts: Any) -> ImportRun:
    """The run of this id, else that of exactly these facts that was cut off, else a new one.

    Call in a transaction, while holding `sole_import`. Raises ImportHalted.
    """
    run = _upload(run_id) if run_id else _cut_off(facts) or ImportRun()
    for name, value in facts.items():
        setattr(run, name, value)
    run.state, run.error = ImportRun.State.RUNNING, ""
    run.save()
    return run


def _upload(run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state not in UNDER_WAY:
        raise ImportHalted
    return run


def _cut_off(facts: dict[str, Any]) -> ImportRun | None:
    # What was uploaded in the browser has a row of its own, to be gone on with by its id.
    goes_on = (ImportRun.State.RUNNING, ImportRun.State.FAILED, ImportRun.State.PAUSED)
    return ImportRun.objects.filter(**facts, upload="", state__in=goes_on).order_by("-id").first()


def halt_if_asked(run: ImportRun) -> None:
    """Raises ImportHalted once somebody has paused or cancelled the run."""
    if ImportRun.objects.filter(pk=run.pk, state__in=_HALTED).exists():
        raise ImportHalted


def finish_run(run: ImportRun) -> None:
    """Whoever paused or cancelled it within the last chunk came too late: all is written."""
    run.state, run.finished_at = ImportRun.State.FINISHED, timezone.now()
    run.save(update_fields=["state", "finished_at"])


def fail_run(run: ImportRun, error: BaseException) -> None:
    """Note why a run stopped. A server that is gone cannot be told; the run then stays as it was, to be taken up."""
    try:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.FAILED, error=str(error)[:2000])
    except DatabaseError:
        pass


def tally_of(run: ImportRun) -> Tally:
    """The sums of all attempts at this run."""
    return Tally(**{column.name: getattr(run, column.name) for column in fields(Tally)})
