"""When a plan under way will have let everybody through."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.services.permission import SENDWELL
from deliverability.models import DeliveryBatch, Mailing, RouteStep, WarmupPlan
from deliverability.queries.warmup_forecast import Forecast, waiting_for
from deliverability.queries.warmup_plans import view_plans
from deliverability.services.events import append_events
from deliverability.services.warmup import start_plan
from deliverability.types import EventKind, NewEvent
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, ProviderFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def mailing() -> Mailing:
    return MailingFactory.create()


@pytest.fixture
def plan(mailing: Mailing) -> WarmupPlan:
    return start_plan(
        actor=SENDWELL, provider_id=mailing.stream.provider_id, curve="custom", steps=[4, 8], is_engaged_first=False
    )


@pytest.fixture(autouse=True)
def frozen() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def forecast_of(plan: WarmupPlan) -> Forecast:
    [view] = view_plans([plan])
    return view.forecast


def test_what_waits_leaves_by_caps_and_by_what_has_left_today(mailing: Mailing, plan: WarmupPlan) -> None:
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=list(range(20)), priority=3)
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[90, 91], mailbox_provider="yahoo")
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[99], state=DeliveryBatch.State.CLOSED)
    append_events([NewEvent(NOW, EventKind.ACCEPTED, mailing.pk, 1, "google", code=250)])

    found = forecast_of(plan)

    assert waiting_for([plan.provider_id]) == {plan.provider_id: {"google": {3: 20}, "yahoo": {0: 2}}}
    assert found.people == 22
    assert [day.sent for day in found.by_mailbox_provider["google"]] == [3, 8, 9]
    assert [(day.sent, day.left) for day in found.days] == [(5, 17), (8, 9), (9, 0)]
    assert found.reached_on == date(2026, 11, 26)


def test_a_pause_is_waited_for(mailing: Mailing, plan: WarmupPlan) -> None:
    plan.days.filter(mailbox_provider="google").update(phase="paused", resumes_on=NOW.date() + timedelta(days=2))
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[1, 2])
    assert [day.sent for day in forecast_of(plan).days] == [0, 0, 2]


def test_nobody_who_waits_is_no_forecast(plan: WarmupPlan) -> None:
    found = forecast_of(plan)
    assert (found.people, found.days, found.reached_on, found.first_week) == (0, [], None, 0)


def test_who_waits_for_a_route_waits_for_its_first_ways_out(mailing: Mailing, plan: WarmupPlan) -> None:
    first, last = ProviderFactory.create(name="first"), ProviderFactory.create(name="last")
    RouteStep.objects.create(stream=mailing.stream, provider=first, tier=1)
    RouteStep.objects.create(stream=mailing.stream, provider=last, tier=2)
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[1, 2])
    ways = [plan.provider_id, first.pk, last.pk]
    assert waiting_for(ways) == {plan.provider_id: {}, first.pk: {"google": {0: 2}}, last.pk: {}}
