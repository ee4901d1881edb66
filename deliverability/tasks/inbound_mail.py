"""Fetches bounces and complaints from every inbox."""

import logging

from celery import shared_task

from deliverability import conf
from deliverability.services.inbound_mail import collect, inboxes_to_check

logger = logging.getLogger(__name__)

# Says that an inbox is being read. It expires, so that a killed reader is replaced; two at once do no harm.
READING = "sendwell:reading-inbox:{}"
READING_SECONDS = 600


@shared_task(name="deliverability.collect_mail")
def collect_mail() -> None:
    """Called by beat every minute."""
    client = conf.redis_client()
    for inbox in inboxes_to_check():
        key = READING.format(inbox.pk)
        if not client.set(key, 1, ex=READING_SECONDS, nx=True):
            continue
        try:
            count = collect(inbox_id=inbox.pk)
        finally:
            client.delete(key)
        if count:
            logger.info("%d mails were received from %s.", count, inbox.name)
