"""Starts the consumer of opens and clicks, and notices when none runs."""

import logging
import time

from celery import shared_task

from deliverability import conf
from deliverability.services.engagement_events import consume_hits, hits_wait

logger = logging.getLogger(__name__)

# Says that a consumer runs or is queued. It expires, so that a killed one is replaced; two would do no harm.
RUNNING = "sendwell:consuming"
RUNNING_SECONDS = 15


@shared_task(name="deliverability.consume_events")
def consume_events() -> None:
    """Write what waits, for under a minute; then make room for another task and queue up again."""
    client = conf.redis_client()
    deadline = time.monotonic() + conf.CONSUME_SECONDS
    while time.monotonic() < deadline:
        client.set(RUNNING, 1, ex=RUNNING_SECONDS)
        consumed = consume_hits()
        if not consumed.read:
            client.delete(RUNNING)
            return
        if consumed.dropped:
            logger.info("%d opens and clicks without consent were dropped.", consumed.dropped)
    consume_events.delay()


@shared_task(name="deliverability.keep_consuming")
def keep_consuming() -> None:
    """Called by beat every few seconds."""
    if hits_wait() and conf.redis_client().set(RUNNING, 1, ex=RUNNING_SECONDS, nx=True):
        consume_events.delay()
