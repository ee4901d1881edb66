"""What every test may lean on."""

from collections.abc import Iterator

import pytest

from tests.smtp_server import SmtpServer


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A well-behaved server on a free port; a test changes its options while it runs, or starts one of its own."""
    with SmtpServer() as server:
        yield server
