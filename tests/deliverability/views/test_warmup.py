"""Who sees and steers a warm-up, and what its screens say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.permission import SENDWELL
from deliverability.models import WarmupPlan
from deliverability.services.events import append_events
from deliverability.services.warmup import start_plan
from deliverability.types import EventKind, NewEvent
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, ProviderFactory, StreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner"))
    return client


@pytest.fixture
def plan() -> WarmupPlan:
    mailing = MailingFactory.create(stream=StreamFactory.create(provider=ProviderFactory.create(name="New IP")))
    plan = start_plan(
        actor=SENDWELL, provider_id=mailing.stream.provider_id, curve="aggressive", is_engaged_first=False
    )
    now = datetime.now(UTC)
    append_events([NewEvent(now, EventKind.ACCEPTED, mailing.pk, n, "google", code=250) for n in range(150)])
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=list(range(500)), priority=3)
    return plan


def text_of(client: Client, name: str, *arguments: object) -> str:
    return client.get(reverse(name, args=arguments)).content.decode()


def act(client: Client, plan: WarmupPlan, **given: str) -> str:
    answer = client.post(reverse("warmup-act", args=[plan.pk]), given, follow=True)
    plan.refresh_from_db()
    return answer.content.decode()


def test_without_a_warm_up_there_is_one_next_step(owner: Client) -> None:
    text = text_of(owner, "warmups")
    assert "No warm-up is under way" in text
    assert reverse("warmup-new") in text


def test_the_list_says_how_each_stands_and_when_everybody_is_reached(owner: Client, plan: WarmupPlan) -> None:
    text = text_of(owner, "warmups")
    end = datetime.now(UTC).date() + timedelta(days=1)
    assert f"500 people wait. All of them are reached on {end:%-d %B %Y} if every day stays healthy." in text
    for shown in ("New IP", "Warming up", "<dd>150</dd>", "<dd>200</dd>", "Aggressive", 'role="img"', "Show as table"):
        assert shown in text


def test_a_plan_tells_of_each_mailbox_provider_with_its_day(owner: Client, plan: WarmupPlan) -> None:
    plan.days.filter(mailbox_provider="yahoo").update(
        phase="paused", cap=0, resumes_on=datetime.now(UTC).date() + timedelta(days=2)
    )
    old = plan.days.get(mailbox_provider="google")
    old.pk, old.day, old.verdict, old.sent = None, old.day - timedelta(days=1), "healthy", 190
    old.why = "Healthy: of 190, complaints are not reported here."
    old.save()

    text = text_of(owner, "warmup", plan.pk)

    for shown in ("Step 1 of 21", "Paused until", "Healthy: of 190", "Nothing to send yet", "Partly paused"):
        assert shown in text
    assert 'id="resume-yahoo"' in text


def test_pausing_resuming_stepping_back_and_ending(owner: Client, plan: WarmupPlan) -> None:
    assert "Nothing leaves through this way out" in act(owner, plan, verb="pause")
    assert plan.state == "paused"
    assert "It is paused or ended already" in act(owner, plan, verb="pause")
    assert "It goes on where it was" in act(owner, plan, verb="resume")
    plan.days.filter(mailbox_provider="google").update(step=4, cap=5_000)
    assert "at most half as much" in act(owner, plan, verb="back", mailbox_provider="google")
    assert plan.days.get(mailbox_provider="google").cap == 2_000
    assert "Nothing is capped by a warm-up" in act(owner, plan, verb="end")
    assert plan.state == "ended"
    assert "Ended" in text_of(owner, "warmup", plan.pk)


def test_no_other_verb_does_anything(owner: Client, plan: WarmupPlan) -> None:
    assert owner.post(reverse("warmup-act", args=[plan.pk]), {"verb": "explode"}).status_code == 404


def test_who_only_looks_sees_no_buttons(client: Client, plan: WarmupPlan) -> None:
    client.force_login(UserFactory.create(role="analyst"))
    text = text_of(client, "warmup", plan.pk)
    assert "New IP" in text
    assert "data-open" not in text.partition("<main")[2]
    assert reverse("warmup-new") not in text_of(client, "warmups")
    assert client.post(reverse("warmup-act", args=[plan.pk]), {"verb": "pause"}).status_code == 403
