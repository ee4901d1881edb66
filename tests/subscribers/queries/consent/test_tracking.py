"""A yes to tracking, taken back, is taken back for mail that is out already."""

import pytest
from django.test import Client

from deliverability import conf
from deliverability.models import Event
from deliverability.queries import targets, tokens
from deliverability.rules.hits import STREAM
from deliverability.services.engagement_events import consume_hits
from deliverability.types import EventKind
from subscribers.services.preferences import change_tracking
from subscribers.types import Origin, Purpose
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentWordingFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_buffer() -> None:
    conf.redis_client().delete(STREAM)
    targets.forget_all()


def test_withdrawal_stops_the_recording_of_mail_already_sent(client: Client) -> None:
    contact = subscribed(tracks_opens=True, tracks_clicks=True)
    mailing, wording = MailingFactory.create(links=["https://shop.example/"]), ConsentWordingFactory.create()
    token = tokens.sign(mailing.pk, contact.pk)

    def open_and_click() -> set[int]:
        before = set(Event.objects.values_list("pk", flat=True))
        client.get(f"/t/o/{token}")
        client.get(f"/t/c/{token}/0")
        consume_hits()
        return set(Event.objects.exclude(pk__in=before).values_list("kind", flat=True))

    assert open_and_click() == {EventKind.OPENED, EventKind.CLICKED}
    change_tracking(
        contact_id=contact.pk,
        choices={Purpose.OPEN_TRACKING: False},
        wordings={Purpose.OPEN_TRACKING: wording.pk},
        origin=Origin(source="https://huila.example/p/", actor="the person"),
    )
    assert open_and_click() == {EventKind.CLICKED}
