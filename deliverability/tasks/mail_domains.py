"""Keeps what is known of domains up to date."""

from celery import shared_task

from deliverability.services import mail_domains


@shared_task(name="deliverability.look_up_domains")
def look_up_domains() -> None:
    mail_domains.look_up_domains()
