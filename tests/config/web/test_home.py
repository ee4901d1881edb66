"""The first page: what goes on, what needs somebody, what comes next, and the way there on the first day."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.models import Campaign
from campaigns.types import CampaignState
from config.web.first_steps import first_steps
from deliverability.models import Alert, Stream
from deliverability.services.alerts import acknowledge, report
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from subscribers.models import MailingList
from tests.factories import campaigns as making
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def test_the_first_day_shows_one_next_step() -> None:
    owner = UserFactory.create(role=Role.OWNER)
    assert [step.is_done for step in first_steps(owner)] == [False] * 5
    OrganisationFactory.create()
    ContactFactory.create()
    steps = first_steps(owner)
    assert [step.is_done for step in steps] == [True, False, True, False, False]
    assert [step.is_next for step in steps] == [False, True, False, False, False]


def test_whoever_has_sent_needs_no_list_of_steps() -> None:
    making.scheduled(mailing_list=_list())
    assert first_steps(UserFactory.create()) == []


def test_what_goes_on_and_what_needs_somebody_stands_on_the_page(client: Client) -> None:
    people = _list()
    running = making.sending(name="Under way", mailing_list=people)
    _happened(running, EventKind.ACCEPTED, 1)
    soon = making.scheduled(name="Soon", mailing_list=people)
    stuck = making.scheduled(name="Stuck", mailing_list=people)
    Campaign.objects.filter(pk=soon.pk).update(starts_at=timezone.now() + timedelta(days=2))
    Campaign.objects.filter(pk=stuck.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    Stream.objects.update(held_reason="The provider refuses our password.")
    critical = Alert.Severity.CRITICAL
    report(key="canary:1:gmx", severity=critical, title="The canary was stopped", text="500 people wait.")
    taken = report(key="canary:2:gmx", severity=critical, title="Somebody is at it", text="")
    acknowledge(actor=SENDWELL, alert_id=taken.pk)
    words = _home(client, Role.ANALYST)
    assert "The canary was stopped" in words
    assert "500 people wait." in words
    assert "Somebody is at it" not in words
    assert "Under way" in words
    assert "of 2 people" in words
    assert "“Stuck” should have started" in words
    assert "The provider refuses our password." in words
    assert "Soon" in words


def test_the_last_campaigns_stand_against_the_ten_before(client: Client) -> None:
    people = _list()
    for number in range(8):
        campaign = making.sending(name=f"Letter {number}", mailing_list=people)
        _happened(campaign, EventKind.ACCEPTED, 2)
        _happened(campaign, EventKind.CLICKED, 1 if number < 5 else 2)
        finished = timezone.now() - timedelta(days=9 - number)
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.SENT, finished_at=finished)
    words = _home(client, Role.ANALYST)
    assert "Letter 7" in words
    assert "Letter 2" not in words
    assert "Usual here" in words
    assert "50.00" in words
    assert "100.00" in words


def test_the_page_costs_a_fixed_number_of_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    people = _list()
    for number in range(6):
        making.sending(name=f"Under way {number}", mailing_list=people)
    client.force_login(UserFactory.create(role=Role.OWNER))
    with django_assert_max_num_queries(13):
        client.get("/")


def _home(client: Client, role: Role) -> str:
    client.force_login(UserFactory.create(role=role))
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def _list() -> MailingList:
    people = MailingListFactory.create()
    for number in range(2):
        subscribed(people, email=f"reader{number}@gmail.com")
    return people


def _happened(campaign: Campaign, kind: EventKind, times: int) -> None:
    assert campaign.mailing_id
    append_events(
        [
            NewEvent(timezone.now(), kind, campaign.mailing_id, number, "gmail", agent_kind=AgentKind.HUMAN)
            for number in range(times)
        ]
    )
