"""The buffer of hits, empty for each test that asks for it."""

from collections.abc import Iterator

import pytest
import redis

from deliverability import conf
from deliverability.queries import targets
from deliverability.rules.hits import SET_ASIDE, STREAM


@pytest.fixture
def buffer() -> Iterator[redis.Redis]:
    client = conf.redis_client()
    client.delete(STREAM, SET_ASIDE)
    targets.forget_all()
    yield client
    client.delete(STREAM, SET_ASIDE)
