"""The first page, on the first day and on a busy one."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.models import Stream
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from tests.browser.conftest import keep_picture
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, violations
from tests.factories import campaigns as making
from tests.factories.accounts import OrganisationFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@every_look
def test_the_first_day_shows_one_next_step(visit: Visit, width: int, theme: str) -> None:
    OrganisationFactory.create()
    page = visit("/", width=width, theme=theme)
    expect(page.locator(".steps .next")).to_have_count(1)
    assert violations(page) == []
    assert not scrolls_sideways(page)
    keep_picture(page, f"home-first-{width}-{theme}")


@every_look
def test_a_busy_day_fits(visit: Visit, width: int, theme: str) -> None:
    _busy()
    page = visit("/", width=width, theme=theme)
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    keep_picture(page, f"home-busy-{width}-{theme}")


def test_the_progress_moves_by_itself(visit: Visit) -> None:
    _busy()
    page = visit("/")
    expect(page.locator(".big")).to_have_text("6")
    running = Campaign.objects.get(name="Autumn roasts are here")
    _happened(running, EventKind.ACCEPTED, 2)
    expect(page.locator(".big")).to_have_text("8", timeout=8000)


def _busy() -> None:
    people = MailingListFactory.create(name="The monthly roast")
    for number in range(12):
        subscribed(people, email=f"reader{number}@gmail.com")
    for number in range(9):
        past = making.sending(name=f"Letter {number} from the roastery", mailing_list=people)
        _happened(past, EventKind.ACCEPTED, 12)
        _happened(past, EventKind.CLICKED, number % 4)
        finished = timezone.now() - timedelta(days=9 - number)
        Campaign.objects.filter(pk=past.pk).update(state=CampaignState.SENT, finished_at=finished)
    running = making.sending(name="Autumn roasts are here", mailing_list=people)
    _happened(running, EventKind.ACCEPTED, 5)
    _happened(running, EventKind.FAILED, 1)
    soon = making.scheduled(name="The last bags of Huila", mailing_list=people)
    Campaign.objects.filter(pk=soon.pk).update(starts_at=timezone.now() + timedelta(days=2))
    Stream.objects.update(
        held_reason="The provider refuses our password. Sending waits and nothing is lost. Enter the password again."
    )


def _happened(campaign: Campaign, kind: EventKind, times: int) -> None:
    assert campaign.mailing_id
    append_events(
        [
            NewEvent(timezone.now(), kind, campaign.mailing_id, number, "gmail", agent_kind=AgentKind.HUMAN)
            for number in range(times)
        ]
    )
