"""Waits out a database that is restarting, for work that is safe to repeat."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from deliverability import conf

logger = logging.getLogger(__name__)

Returned = TypeVar("Returned")

OUTAGES = (OperationalError, InterfaceError)
# While a drain waits here it writes no journal. Renewed every third of a lease, it is back well before the end.
PATIENCE_SECONDS = conf.LEASE_SECONDS / 2
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0


def patiently(work: Callable[[], Returned], *, seconds: float = PATIENCE_SECONDS) -> Returned:
    """Do `work`, again on a new connection while the database is out, and raise once that has lasted too long."""
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return work()
        except OUTAGES as error:
            connection.close()
            if time.monotonic() + pause > deadline:
                raise
            logger.warning("The database did not answer; the same step is tried again in %.1f s: %s", pause, error)
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
