"""Looks at what is being sent every few seconds, and tells people of trouble."""

from celery import shared_task

from deliverability.services.alert_delivery import deliver_alerts
from deliverability.services.guarding import guard_rates, watch_canaries


@shared_task(name="deliverability.guard")
def guard() -> None:
    """Called by beat; late, twice or at once does no harm."""
    guard_rates()
    watch_canaries()


@shared_task(name="deliverability.deliver_alerts")
def tell() -> None:
    """Called by beat. On its own, since a server that hangs must not keep the guard waiting."""
    deliver_alerts()
