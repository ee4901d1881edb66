"""Opens, refreshes, acknowledges and resolves alerts; each is one row for as long as the trouble lasts."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import Alert, AlertChannel, AlertDelivery

# A rate that touches its limit comes and goes; people hear of it once.
QUIET = timedelta(minutes=15)
# For apps above, which may not know the model.
Severity = Alert.Severity
_ORDER = [Alert.Severity.WARNING, Alert.Severity.CRITICAL]


@transaction.atomic
def report(*, key: str, severity: Alert.Severity, title: str, text: str, now: datetime | None = None) -> Alert:
    """Say that something is wrong, as often as it is seen: people hear of it when it begins and when it gets worse."""
    now = now or timezone.now()
    values = {"severity": severity, "title": title[:200], "text": text, "opened_at": now, "seen_at": now}
    alert, is_new = Alert.objects.select_for_update().get_or_create(key=key, resolved_at=None, defaults=values)
    if is_new:
        _tell(alert, AlertDelivery.About.OPENED, now)
        return alert
    is_worse = _ORDER.index(severity) > _ORDER.index(Alert.Severity(alert.severity))
    alert.seen_at, alert.times_seen, alert.text, alert.title = now, alert.times_seen + 1, text, title[:200]
    if is_worse:
        alert.severity, alert.acknowledged_at, alert.acknowledged_by = severity, None, ""
        _tell(alert, AlertDelivery.About.WORSE, now)
    alert.save()
    return alert


def warn(*, key: str, title: str, text: str, now: datetime | None = None) -> None:
    """`report` for apps above, whose troubles are never critical for delivery."""
    report(key=key, severity=Alert.Severity.WARNING, title=title, text=text, now=now)


@transaction.atomic
def resolve(*, key: str, now: datetime | None = None) -> None:
    """The trouble is over; whoever was told of it hears that too."""
    for alert in Alert.objects.select_for_update().filter(key=key, resolved_at=None):
        _resolve(alert, now or timezone.now())


@transaction.atomic
def resolve_unseen(*, prefix: str, now: datetime) -> None:
    """Resolve what was not found for a while among alerts whose key begins so."""
    gone = Alert.objects.select_for_update().filter(key__startswith=prefix, resolved_at=None, seen_at__lt=now - QUIET)
    for alert in gone:
        _resolve(alert, now)


@transaction.atomic
def acknowledge(*, actor: Actor, alert_id: int) -> Alert:
    """Say that somebody looks after it: whoever sends, or sees to delivery.

    Raises PermissionRefused, Alert.DoesNotExist.
    """
    if not actor.has_perm("deliverability.manage"):
        require(actor, "campaigns.send")
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if alert.acknowledged_at is None and alert.resolved_at is None:
        alert.acknowledged_at, alert.acknowledged_by = timezone.now(), str(actor)[:200]
        alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return alert


def _resolve(alert: Alert, now: datetime) -> None:
    alert.resolved_at = now
    alert.save(update_fields=["resolved_at"])
    # Who never heard of it need not hear that it is over.
    alert.deliveries.filter(delivered_at=None).delete()
    told = alert.deliveries.values_list("channel_id", flat=True).distinct()
    AlertDelivery.objects.bulk_create(
        AlertDelivery(alert=alert, channel_id=channel, about=AlertDelivery.About.RESOLVED, due_at=now)
        for channel in told
    )


def _tell(alert: Alert, about: AlertDelivery.About, now: datetime) -> None:
    severity = _ORDER.index(Alert.Severity(alert.severity))
    AlertDelivery.objects.bulk_create(
        AlertDelivery(alert=alert, channel=channel, about=about, due_at=now)
        for channel in AlertChannel.objects.all()
        if _ORDER.index(Alert.Severity(channel.least)) <= severity
    )
