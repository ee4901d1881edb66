"""Imports that broke off lately."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from subscribers.models import ImportRun

LATELY = timedelta(days=7)


class FailedImport(NamedTuple):
    """`error` says in words what happened and what to do."""

    id: int
    file_name: str
    error: str
    started_at: datetime


def failed_imports(now: datetime | None = None) -> list[FailedImport]:
    since = (now or timezone.now()) - LATELY
    failed = ImportRun.objects.filter(state=ImportRun.State.FAILED, started_at__gte=since).order_by("-id")
    return [FailedImport(*row) for row in failed.values_list("id", "file_name", "error", "started_at")[:5]]
