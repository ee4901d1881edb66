"""A campaign mail that was sent to Anna, and the token that names her in everything that comes back."""

from collections.abc import Collection
from typing import NamedTuple

import pytest
from django.utils import timezone

from deliverability.models import Mailing
from deliverability.queries.tokens import sign
from deliverability.services import addresses
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent
from tests.factories.deliverability import MailingFactory

ANNA = 7


class Sent(NamedTuple):
    mailing: Mailing
    token: str


def people(recipient_ids: Collection[int]) -> dict[int, str]:
    return {one: "anna@example.org" for one in recipient_ids if one == ANNA}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, db: None) -> Sent:
    monkeypatch.setattr(addresses, "_addresses", [people])
    mailing = MailingFactory.create()
    append_events([NewEvent(timezone.now(), EventKind.ACCEPTED, mailing.pk, ANNA, "google")])
    return Sent(mailing, sign(mailing.pk, ANNA))
