"""The Celery app: queues are bulk, transactional, events and periodic (beat's own)."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sendwell")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def keep_usable_connections(**_: Any) -> None:
    """Drop only connections that are too old or broken: Celery's own fix-up closes every one after each task."""
    from django.db import close_old_connections

    close_old_connections()


@setup_logging.connect
def keep_our_log_format(**_: Any) -> None:
    """A receiver is all it takes for Celery to leave logging as Django's settings made it."""


@worker_process_init.connect
def spare_the_collector(**_: Any) -> None:
    """What was loaded at the start never becomes garbage: the collector need not visit it for every batch."""
    gc.collect()
    gc.freeze()
