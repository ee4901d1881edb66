"""Has a confirmation mail sent at once."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def send_soon() -> None:
    """Start a drain of the transactional stream after commit; beat finds within seconds what this could not start."""
    transaction.on_commit(_start_drain)


def _start_drain() -> None:
    try:
        # By name: the tasks of the engine are its own.
        current_app.send_task("deliverability.drain_transactional", retry=False)
    except OperationalError as error:
        logger.warning("The confirmation mail waits for beat: Redis does not answer. %s", error)
