"""What tests of the engine share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.db import connection

from deliverability import conf
from deliverability.queries import targets
from deliverability.rules.hits import SET_ASIDE, STREAM


@pytest.fixture
def buffer() -> Iterator[redis.Redis]:
    """The buffer of hits, empty for each test that asks for it."""
    client = conf.redis_client()
    client.delete(STREAM, SET_ASIDE)
    targets.forget_all()
    yield client
    client.delete(STREAM, SET_ASIDE)


@pytest.fixture
def redis_down(settings: Any) -> Iterator[Callable[[], None]]:
    """Call it, and Redis refuses connections for the rest of the test."""

    def take_down() -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        conf.redis_client.cache_clear()

    yield take_down
    conf.redis_client.cache_clear()


@pytest.fixture
def committed_events(transactional_db: None) -> Iterator[None]:
    """For tests that commit: Django empties only tables that it manages, and the event table is not one."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE deliverability_event")
