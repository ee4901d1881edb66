"""Forgets files of imports: uploads that nobody imported, and reports that nobody mends any more."""

from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet

from subscribers import conf
from subscribers.models import ImportRun
from subscribers.services.imports.uploads import drop_file


def old_uploads(before: datetime) -> int:
    return _drafts(before).count()


def forget_uploads(before: datetime) -> int:
    """The draft goes with its file: there is nothing left to import."""
    gone = 0
    for run in _drafts(before):
        deleted, _ = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.DRAFT).delete()
        if deleted:
            drop_file(run.upload)
            gone += 1
    return gone


def old_reports(before: datetime) -> int:
    return len(_reports(before))


def forget_reports(before: datetime) -> int:
    """What an import did stays in numbers; whom it left out does not."""
    reports = _reports(before)
    for path in reports:
        path.unlink(missing_ok=True)
    ImportRun.objects.filter(finished_at__lt=before).exclude(rejects_path="").update(rejects_path="")
    return len(reports)


def _drafts(before: datetime) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(state=ImportRun.State.DRAFT, started_at__lt=before)


def _reports(before: datetime) -> list[Path]:
    """Only in the folder that is ours: the command line may have written elsewhere, where its user looks after it."""
    folder = conf.imports_folder()
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.glob("*.csv")) if path.stat().st_mtime < before.timestamp()]
