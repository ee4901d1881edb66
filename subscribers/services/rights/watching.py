"""Tells the team of privacy requests whose day has come or is near: an open alert for as long as one waits."""

from datetime import datetime, timedelta

from django.utils import timezone

from deliverability.services.alerts import Severity, report, resolve
from subscribers.models import PrivacyRequest
from subscribers.types import RequestState

KEY = "privacy requests"
SOON = timedelta(days=5)


def watch_deadlines(*, now: datetime | None = None) -> None:
    """Critical once one is overdue, a warning within five days before; over when all are answered."""
    now = now or timezone.now()
    due = PrivacyRequest.objects.filter(state=RequestState.OPEN, due_at__lt=now + SOON).values_list("due_at", flat=True)
    moments = list(due)
    overdue = sum(moment < now for moment in moments)
    if not moments:
        resolve(key=KEY, now=now)
        return
    soon = len(moments) - overdue
    report(
        key=KEY,
        severity=Severity.CRITICAL if overdue else Severity.WARNING,
        title=f"{_requests(overdue)} overdue" if overdue else f"{_requests(soon)} due within five days",
        text=f"The law gives a deadline for each: {overdue:,} overdue, {soon:,} due within five days. "
        "Answer them under Audience, Privacy requests.",
        now=now,
    )


def _requests(count: int) -> str:
    return "1 privacy request is" if count == 1 else f"{count:,} privacy requests are"
