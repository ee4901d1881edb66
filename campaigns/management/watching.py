"""Watches a campaign from the command line until it is sent, and says plainly when nobody is sending it."""

import time
from collections.abc import Callable

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from campaigns.queries.report import CampaignReport, campaign_report
from campaigns.types import CampaignState

POLL_SECONDS = 0.5
# Beat looks every two or three seconds; whatever has not moved after this long is not about to.
PATIENCE_SECONDS = 8.0
NOBODY_WORKS = (
    "No worker is running, so nothing moves. Nothing is lost: sending begins as soon as one runs. Start one with\n"
    "    celery -A config worker -B -Q periodic,bulk,transactional,events"
)
_ENDED = (CampaignState.SENT, CampaignState.CANCELLED)


def watch(campaign_id: int, *, console: Console, warn: Callable[[str], object]) -> CampaignReport:
    """Return the report once the campaign has ended, or fell back to a draft or a review; `warn` is told trouble."""
    report = campaign_report(campaign_id)
    suspicion = _Suspicion(warn)
    with _bar(console) as progress:
        task = progress.add_task("", total=None)
        while report.state not in (*_ENDED, CampaignState.REVIEWED, CampaignState.DRAFT):
            _show(progress, task, report)
            suspicion.look(report)
            time.sleep(POLL_SECONDS)
            report = campaign_report(campaign_id)
        _show(progress, task, report)
    return report


class _Suspicion:
    """Notices that nothing moves, and asks once whether anybody works at all."""

    def __init__(self, warn: Callable[[str], object]) -> None:
        self._warn = warn
        self._seen: object = None
        self._since = time.monotonic()
        self._has_warned = False

    def look(self, report: CampaignReport) -> None:
        moving = (report.state, report.progress.counts, report.progress.waiting)
        if moving != self._seen or not _should_move(report):
            self._seen, self._since = moving, time.monotonic()
        elif not self._has_warned and time.monotonic() - self._since > PATIENCE_SECONDS:
            self._has_warned = True
            if not somebody_works():
                self._warn(NOBODY_WORKS)


def somebody_works() -> bool:
    """Whether any Celery worker answers."""
    try:
        return bool(current_app.control.ping(timeout=1.0))
    except (OperationalError, OSError):
        return False


def _should_move(report: CampaignReport) -> bool:
    if report.state == CampaignState.SCHEDULED:
        return report.starts_at is not None and report.starts_at <= timezone.now()
    return report.state == CampaignState.SENDING


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _show(progress: Progress, task: TaskID, report: CampaignReport) -> None:
    progress.update(task, description=report.state.value, completed=report.done, total=report.audience)
