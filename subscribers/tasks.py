"""Background work on contacts: ids in, one service call."""

from celery import shared_task

from subscribers.services import engagement


@shared_task(name="subscribers.refresh_engagement")
def refresh_engagement() -> None:
    engagement.refresh_engagement()
