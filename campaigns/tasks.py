"""The two clocks of campaigns. Beat calls them every few seconds; running late, twice or at once does no harm."""

from celery import shared_task

from campaigns.services import finish, start


@shared_task(name="campaigns.start_due")
def start_due() -> None:
    start.start_due()


@shared_task(name="campaigns.finish_sent")
def finish_sent() -> None:
    finish.finish_sent()
