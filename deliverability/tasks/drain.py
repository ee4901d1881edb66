"""Starts drains and keeps them going; a drain is started for what Postgres holds, never told what to send."""

import logging
import mmap
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from deliverability.queries.lanes import has_due_work
from deliverability.services.attendance import Attendance
from deliverability.services.dispatch import drain
from deliverability.services.partitions import ensure_partitions as make_partitions
from deliverability.services.sweeping import sweep_journals as sweep
from deliverability.types import StreamKind

logger = logging.getLogger(__name__)

# One byte that the worker's main process shares with its forked children: Celery tells only the former that it is
# to shut down, and a drain that does not know would hold up the shutdown for most of a minute.
_is_shutting_down = mmap.mmap(-1, 1)


@shared_task(name="deliverability.drain_marketing")
def drain_marketing(ticket: str = "") -> None:
    _drain(StreamKind.MARKETING, ticket)


@shared_task(name="deliverability.drain_transactional")
def drain_transactional(ticket: str = "") -> None:
    _drain(StreamKind.TRANSACTIONAL, ticket)


@shared_task(name="deliverability.keep_draining")
def keep_draining() -> None:
    """Beat's safety net: wherever work is due and drains are missing, start them."""
    for kind in StreamKind:
        if has_due_work(kind):
            _fill_places(kind)


@shared_task(name="deliverability.ensure_partitions")
def ensure_partitions() -> None:
    make_partitions()


@shared_task(name="deliverability.sweep_journals")
def sweep_journals() -> None:
    sweep()


def kick_transactional() -> None:
    """Have transactional mail sent at once; call it after commit. Never raises: beat finds what a kick could not."""
    _fill_places(StreamKind.TRANSACTIONAL)


def kick_marketing() -> None:
    """Start the marketing drains at once, as when a campaign becomes due. Never raises."""
    _fill_places(StreamKind.MARKETING)


def _drain(kind: StreamKind, ticket: str) -> None:
    attendance = Attendance(kind)
    ticket = ticket or attendance.queue()
    if not attendance.arrive(ticket):
        return
    # The drain leaves its place before it looks for the last time, so a kick in between is not lost.
    if drain(kind=kind, owner=ticket, should_stop=_should_stop).is_more_due:
        _fill_places(kind)


def _fill_places(kind: StreamKind) -> None:
    attendance = Attendance(kind)
    task = drain_marketing if kind == StreamKind.MARKETING else drain_transactional
    try:
        for _ in range(attendance.missing()):
            task.apply_async((attendance.queue(),), retry=False)
    except (RedisError, BrokerError) as error:
        logger.warning("No drain could be started now; beat tries again within seconds. Redis: %s", error)


def _should_stop() -> bool:
    return _is_shutting_down[0] != 0


@worker_shutting_down.connect
def _tell_children(**_: Any) -> None:
    _is_shutting_down[0] = 1
