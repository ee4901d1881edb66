"""Campaigns in a browser: drafts, campaigns under way, and a real mail server at the end of the way."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from campaigns.services.finish import finish_sent
from campaigns.services.start import start_due
from deliverability import conf
from deliverability.models import DeliveryBatch
from deliverability.services.dispatch import drain
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent, StreamKind
from tests.factories.campaigns import CampaignFactory, sending
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.factories.subscribers import subscribed
from tests.smtp_server import SmtpServer


class PostOffice:
    """The workers and clocks of an installation, run by hand, and the server to which they deliver."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    def work(self) -> list[str]:
        """Do whatever is due, as beat and the workers would; everybody to whom mail has arrived so far."""
        start_due()
        drain(kind=StreamKind.MARKETING, owner="drain-1", seconds=20)
        finish_sent()
        return self.server.recipients

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A worker goes about it meanwhile, until nothing more may leave."""
        worker = threading.Thread(target=self._drain)
        worker.start()
        try:
            yield
        finally:
            worker.join(30)
        assert not worker.is_alive()

    def _drain(self) -> None:
        try:
            drain(kind=StreamKind.MARKETING, owner="drain-2", seconds=20)
        finally:
            connection.close()


@pytest.fixture
def post_office(settings: LazySettings, tmp_path: Path, smtp_server: SmtpServer, transactional_db: None) -> PostOffice:
    """The way out of the marketing stream."""
    settings.SENDWELL = settings.SENDWELL | {"JOURNAL_DIR": tmp_path / "journal"}
    client = conf.redis_client()
    if keys := client.keys("sendwell:*"):
        client.delete(*keys)
    StreamFactory.create(provider=ProviderFactory.create(port=smtp_server.port, max_connections=1))
    return PostOffice(smtp_server)


@pytest.fixture
def draft() -> Campaign:
    """It lacks nothing, and one person would get it."""
    subscribed(email="reader@gmail.com")
    return CampaignFactory.create()


@pytest.fixture
def live() -> Campaign:
    """Sending has begun to three people, and nothing has left yet."""
    for _ in range(3):
        subscribed()
    return sending()


def address(campaign: Campaign) -> str:
    return reverse("campaign", args=[campaign.pk])


def saved(page: Page) -> None:
    expect(page.locator("#status")).to_have_text(re.compile("^Saved (just now|[0-9]+ s ago)$"))


def subject(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    return campaign.subject


def accepted(campaign: Campaign) -> None:
    """What a worker leaves behind: an event for each person, and closed batches."""
    for batch in DeliveryBatch.objects.filter(mailing=campaign.mailing, state=0):
        append_events(
            [
                NewEvent(timezone.now(), EventKind.ACCEPTED, batch.mailing_id, person, batch.mailbox_provider, code=250)
                for person in batch.recipient_ids
            ]
        )
    DeliveryBatch.objects.filter(mailing=campaign.mailing).update(state=2)
