"""How a mailing's lanes stand, as a report asks every two seconds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliverability import conf
from deliverability.models import Lane
from deliverability.queries.lane_states import LaneStanding, mailing_standing
from deliverability.rules.lanes import WayKey
from deliverability.services.pacing import suspend
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory

pytestmark = pytest.mark.django_db


def test_each_lane_says_how_it_stands() -> None:
    mailing = MailingFactory.create()
    later = timezone.now() + timedelta(minutes=5)
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="google")
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="gmx")
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="yahoo", attempt=2, due_at=later)
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="microsoft")
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="apple", state=2)
    Lane.objects.create(stream=mailing.stream, mailbox_provider="gmx", messages_per_second=5)
    way = WayKey(mailing.stream.provider_id, "microsoft")
    suspend(way=way, reply="451 4.7.500 Server busy", seconds=40)
    try:
        found = mailing_standing(mailing.pk)
    finally:
        conf.redis_client().delete(way.pace)
    assert {word: state.standing for word, state in found.lanes.items()} == {
        "google": LaneStanding.MOVING,
        "gmx": LaneStanding.LIMITED,
        "yahoo": LaneStanding.RETRYING,
        "microsoft": LaneStanding.SLOWED,
    }
    assert found.retrying == 3
    assert found.lanes["yahoo"].next_at == later
    assert "Server busy" in found.lanes["microsoft"].reply


def test_a_hold_that_has_run_out_holds_nothing() -> None:
    mailing = MailingFactory.create()
    stream = mailing.stream
    stream.held_reason, stream.held_until = "Wrong password", timezone.now() + timedelta(minutes=1)
    stream.save()
    assert mailing_standing(mailing.pk).held_reason == "Wrong password"
    stream.held_until = timezone.now() - timedelta(minutes=1)
    stream.save()
    assert mailing_standing(mailing.pk).held_reason == ""
