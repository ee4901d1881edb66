"""The two clocks of campaigns. Beat calls them every few seconds; running late, twice or at once does no harm."""

from celery import current_app, shared_task

from campaigns.services import asking_again, finish, follow, start


@shared_task(name="campaigns.start_due")
def start_due() -> None:
    if start.start_due():
        # By name, since the tasks of the engine are its own; were this lost, beat would ask for it in seconds.
        current_app.send_task("deliverability.keep_draining", retry=False)


@shared_task(name="campaigns.finish_sent")
def finish_sent() -> None:
    follow.follow_pauses()
    finish.finish_sent()


@shared_task(name="campaigns.settle_reconfirmations")
def settle_reconfirmations() -> None:
    asking_again.settle_due()
