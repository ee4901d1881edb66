"""What every test may lean on."""

from collections.abc import Iterator

import pytest
from django.db import connection

from deliverability import conf
from deliverability.services import scripts
from tests.smtp_server import SmtpServer
from tests.virtual_clock import KEY, VirtualClock


@pytest.fixture(autouse=True)
def empty_event_table(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties only the tables that it made itself after a test that commits; the event table is ours."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if "live_server" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        access = request.getfixturevalue("django_db_blocker")
        with access.unblock(), connection.cursor() as cursor:
            # Not TRUNCATE, which would wait for a connection that a test left in a transaction.
            cursor.execute("DELETE FROM deliverability_event")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualClock]:
    """A clock that Python and the scripts in Redis share, and a Redis that knows nothing yet."""
    client = conf.redis_client()
    if keys := client.keys("sendwell:*"):
        client.delete(*keys)
    for name, text in list(vars(scripts).items()):
        if isinstance(text, str) and "redis.call('TIME')" in text:
            virtual = text.replace("redis.call('TIME')", f"redis.call('LRANGE', '{KEY}', 0, -1)")
            monkeypatch.setattr(scripts, name, virtual)
    clock = VirtualClock()
    clock.go_to(clock.moment)
    yield clock
    clock.stop()
    client.delete(KEY)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A well-behaved server on a free port; a test changes its options while it runs, or starts one of its own."""
    with SmtpServer() as server:
        yield server
