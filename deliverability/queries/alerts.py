"""Alerts as people read them: those that last, those that are over, and who is told of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from deliverability.models import Alert, AlertChannel

ON_A_PAGE = 25
# More at once than anybody can look at; the oldest of them are no less open.
MOST_OPEN = 100
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class PastAlerts:
    """`older` is the place to go on from, None at the end."""

    rows: list[Alert]
    older: Place | None


def open_alerts(*, most: int = MOST_OPEN) -> list[Alert]:
    """What nobody looks after yet first, then the critical, then the newest."""
    critical = Case(
        When(severity=Alert.Severity.CRITICAL, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    is_taken = Case(When(acknowledged_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(_open().order_by(is_taken, critical, "-opened_at", "-id")[:most])


def unattended_alerts(*, most: int = 5) -> list[Alert]:
    """Open ones that nobody has acknowledged, the critical first: what waits for a person."""
    return [alert for alert in open_alerts(most=most) if alert.acknowledged_at is None]


def open_keys(prefix: str) -> list[str]:
    """What is wrong with what, among open alerts whose key begins so."""
    return list(_open().filter(key__startswith=prefix).values_list("key", flat=True))


def past_alerts(*, below: Place | None = None) -> PastAlerts:
    """Those that are over, the newest first, from below a moment and an id."""
    found = Alert.objects.filter(resolved_at__isnull=False).order_by("-opened_at", "-id")
    if below:
        moment, key = below
        found = found.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, id__lt=key))
    rows = list(found[: ON_A_PAGE + 1])
    last = rows[ON_A_PAGE - 1] if len(rows) > ON_A_PAGE else None
    return PastAlerts(rows[:ON_A_PAGE], (last.opened_at, last.pk) if last else None)


def channels() -> QuerySet[AlertChannel]:
    return AlertChannel.objects.select_related("provider").order_by("kind", "target")


def _open() -> QuerySet[Alert]:
    return Alert.objects.filter(resolved_at=None)
