"""Works webhooks off within a second of their arrival."""

import logging
import time

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.queries.webhooks import webhooks_wait
from deliverability.services.webhooks import process_webhooks as process

logger = logging.getLogger(__name__)

# Says that a worker is at it or called. It expires, so that a killed one is replaced; two would do no harm.
RUNNING = "sendwell:webhooks"
RUNNING_SECONDS = 10


@shared_task(name="deliverability.process_webhooks")
def process_webhooks() -> None:
    """Everything that waits, for under a minute; then queue up again."""
    client = conf.redis_client()
    deadline = time.monotonic() + conf.CONSUME_SECONDS
    while time.monotonic() < deadline:
        client.set(RUNNING, 1, ex=RUNNING_SECONDS)
        if not process():
            client.delete(RUNNING)
            # Whoever came in between found the mark and called nobody.
            if not webhooks_wait():
                return
    process_webhooks.delay()


@shared_task(name="deliverability.keep_processing_webhooks")
def keep_processing_webhooks() -> None:
    """Called by beat every few seconds, for webhooks whose call was lost."""
    if webhooks_wait():
        kick_webhooks()


def kick_webhooks() -> None:
    """Call a worker, unless one is called already. Never raises: beat finds what a kick could not."""
    try:
        if conf.redis_client().set(RUNNING, 1, ex=RUNNING_SECONDS, nx=True):
            process_webhooks.apply_async(retry=False)
    except (RedisError, BrokerError) as error:
        logger.warning("No worker could be called for a webhook; beat tries again within seconds: %s", error)
