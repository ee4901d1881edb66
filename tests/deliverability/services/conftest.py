"""A composer of plain mails, a journal folder and a clean Redis for tests of the message path."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deliverability import conf
from deliverability.models import DeliveryBatch, Mailing
from deliverability.services.composers import register_composer
from deliverability.services.dispatch import DrainReport, drain
from deliverability.types import MailingBrief, OutgoingMessage, Skipped, StreamKind
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, ProviderFactory, StreamFactory
from tests.smtp_server import SmtpServer


@dataclass
class PlainComposer:
    """Writes a short mail to person<id>@<domain>; `act` may raise, skip or stop the clock for a recipient."""

    act: Callable[[int], Skipped | None] = lambda recipient_id: None
    calls: list[list[int]] = field(default_factory=list)

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        self.calls.append(list(recipient_ids))
        for recipient_id in recipient_ids:
            yield self.act(recipient_id) or message_to(recipient_id, mailing)


def message_to(recipient_id: int, mailing: MailingBrief) -> OutgoingMessage:
    message_id = f"<{mailing.id}.{recipient_id}@huila.example>"
    data = f"Message-ID: {message_id}\r\nSubject: Hello\r\n\r\nHello\r\n".encode()
    return OutgoingMessage(recipient_id, f"person{recipient_id}@gmail.example", "b@bounces.huila.example", data)


@pytest.fixture
def composer(quiet_services: None) -> PlainComposer:
    composer = PlainComposer()
    register_composer("test", composer)
    return composer


@pytest.fixture
def quiet_services(settings: Any, tmp_path: Path) -> None:
    settings.SENDWELL = settings.SENDWELL | {"JOURNAL_DIR": tmp_path / "journal"}
    client = conf.redis_client()
    if keys := client.keys("sendwell:*"):
        client.delete(*keys)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def mailing(server: SmtpServer, composer: PlainComposer) -> Mailing:
    """A running mailing of a marketing stream whose provider is the test's own server."""
    provider = ProviderFactory.create(port=server.port, max_connections=4)
    return MailingFactory.create(stream=StreamFactory.create(provider=provider))


def enqueue(mailing: Mailing, *recipient_ids: int, **fields: Any) -> DeliveryBatch:
    return DeliveryBatchFactory.create(mailing=mailing, recipient_ids=list(recipient_ids), **fields)


def drain_marketing(owner: str = "drain-1", seconds: float = 20) -> DrainReport:
    return drain(kind=StreamKind.MARKETING, owner=owner, seconds=seconds)
