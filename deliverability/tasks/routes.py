"""Beat's look after providers that are left alone, and after people whose mail's fate is unknown."""

from celery import shared_task

from deliverability.services.knocking import knock_where_due, settle_forgotten
from deliverability.services.settling import settle_told


@shared_task(name="deliverability.knock")
def knock() -> None:
    knock_where_due()
    settle_forgotten()


@shared_task(name="deliverability.settle_unknown_fates")
def settle_unknown_fates() -> None:
    settle_told()
