"""What tests of the engine share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deliverability import conf


@pytest.fixture
def redis_down(settings: Any) -> Iterator[Callable[[], None]]:
    """Call it, and Redis refuses connections for the rest of the test."""

    def take_down() -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        conf.redis_client.cache_clear()

    yield take_down
    conf.redis_client.cache_clear()
