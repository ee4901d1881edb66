"""Opens each day of every warm-up."""

from celery import shared_task

from deliverability.services.warmup import advance_days


@shared_task(name="deliverability.advance_warmups")
def advance_warmups() -> None:
    """Called by beat every few minutes: it does its work in the first call of a day and nothing in the others."""
    advance_days()
