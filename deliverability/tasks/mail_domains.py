"""Keeps what is known of domains up to date."""

from celery import shared_task

from deliverability.services import mail_domains
from deliverability.services.forgetting_lanes import forget_old_changes


@shared_task(name="deliverability.look_up_domains")
def look_up_domains() -> None:
    mail_domains.look_up_domains()


@shared_task(name="deliverability.forget_lane_changes")
def forget_lane_changes() -> None:
    forget_old_changes()
