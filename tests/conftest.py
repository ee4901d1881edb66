"""What every test may lean on."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.smtp_server import SmtpServer


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
def smtp_server() -> Iterator[SmtpServer]:
    """A well-behaved server on a free port; a test changes its options while it runs, or starts one of its own."""
    with SmtpServer() as server:
        yield server
