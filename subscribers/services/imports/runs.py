"""Keeps the record of an import: one at a time for a file and a list, and one that was cut off is taken up again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from subscribers.errors import ImportUnderWay
from subscribers.models import ImportRun
from subscribers.services.imports.results import Tally

_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


@contextmanager
def sole_import(mailing_list_id: int, sha256: str, patience: float) -> Iterator[None]:
    """Hold the session's lock on this file and list. The server drops it with its session, even after SIGKILL.

    It notices that a killed import is gone when it has finished the statement it is at: `patience`, in seconds.
    """
    name = f"import {mailing_list_id} {sha256}"
    deadline = time.monotonic() + patience
    while not _lock(name):
        if time.monotonic() > deadline:
            raise ImportUnderWay(
                "This file is being imported into this list by another process right now. Nothing was changed here; "
                "wait until the other one has finished."
            )
        time.sleep(0.1)
    try:
        yield
    finally:
        if connection.connection and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_UNLOCK, [name])


def _lock(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        return bool(cursor.fetchone()[0])


def begin_run(run_id: int | None = None, **facts: Any) -> ImportRun:
    """The run of this id, else that of exactly these facts that was cut off, else a new one.

    Call while holding `sole_import`.
    """
    run = ImportRun.objects.get(pk=run_id) if run_id else _cut_off(facts) or ImportRun()
    for name, value in facts.items():
        setattr(run, name, value)
    run.state, run.error = ImportRun.State.RUNNING, ""
    run.save()
    return run


def _cut_off(facts: dict[str, Any]) -> ImportRun | None:
    # What was uploaded in the browser has a row of its own, to be gone on with by its id.
    same = ImportRun.objects.filter(**facts, upload="").exclude(state=ImportRun.State.FINISHED)
    return same.order_by("-id").first()


def finish_run(run: ImportRun) -> None:
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
