"""Review, send, undo, and the controls while mail leaves."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.types import Role
from campaigns.models import Campaign, TestSend
from campaigns.services.start import start_due
from campaigns.types import CampaignState
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, reviewed, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(UserFactory.create(email="mira@huila.example", role=Role.MARKETER, time_zone="Europe/Berlin"))
    return client


def press(client: Client, name: str, campaign: Campaign) -> str:
    client.post(reverse(name, args=[campaign.pk]))
    campaign.refresh_from_db()
    return str(campaign.state)


def test_a_review_splits_what_must_be_fixed_from_what_is_worth_a_look(marketer: Client) -> None:
    campaign = CampaignFactory.create(subject="", preheader="")
    page = marketer.post(reverse("campaign-review", args=[campaign.pk]), headers=HTMX).content.decode()
    must, _, look = page.partition("Worth a look")
    assert "The subject is empty." in must
    assert "There is no preheader" in look
    assert "campaign-send" not in page
    assert f'href="{reverse("campaign", args=[campaign.pk])}#f-subject"' in page


def test_a_review_names_both_zones(marketer: Client) -> None:
    subscribed()
    moment = timezone.now().replace(hour=15, minute=0) + timedelta(days=3)
    campaign = CampaignFactory.create(send_at=moment, time_zone="America/New_York")
    page = marketer.post(reverse("campaign-review", args=[campaign.pk]), headers=HTMX).content.decode()
    assert "New York time" in page
    assert "Berlin time" in page
    assert "Schedule for 1 person" in page


def test_a_review_without_script_is_a_page(marketer: Client) -> None:
    subscribed()
    page = marketer.post(reverse("campaign-review", args=[CampaignFactory.create().pk])).content.decode()
    assert "<html" in page
    assert "Send to 1 person" in page


def test_undo_within_the_window_sends_nothing_and_leaves_a_draft(marketer: Client) -> None:
    subscribed()
    campaign = reviewed(undo_seconds=60)
    assert press(marketer, "campaign-send", campaign) == CampaignState.SCHEDULED
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "Sending starts in" in page
    assert press(marketer, "campaign-undo", campaign) == CampaignState.DRAFT
    Campaign.objects.update(starts_at=timezone.now() - timedelta(seconds=1))
    assert start_due() == []


def test_a_later_time_is_unscheduled_in_words(marketer: Client) -> None:
    subscribed()
    campaign = scheduled()
    Campaign.objects.update(starts_at=timezone.now() + timedelta(days=2))
    assert "Unschedule" in marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()


def test_pause_resume_and_cancel(marketer: Client) -> None:
    subscribed()
    campaign = sending()
    assert press(marketer, "campaign-pause", campaign) == CampaignState.PAUSED
    assert press(marketer, "campaign-resume", campaign) == CampaignState.SENDING
    assert press(marketer, "campaign-cancel", campaign) == CampaignState.CANCELLED


def test_a_test_goes_to_me_unless_i_say_otherwise_and_says_where_it_went(marketer: Client) -> None:
    campaign = CampaignFactory.create()
    url = reverse("campaign-test", args=[campaign.pk])
    assert 'value="mira@huila.example"' in marketer.get(url).content.decode()
    answer = marketer.post(url, {"address": "boss@huila.example"}, headers=HTMX)
    words = json.loads(answer["HX-Trigger"])["toast"]["toasts"][0]["text"]
    assert words == "A test is on its way to boss@huila.example."
    assert TestSend.objects.get().address == "boss@huila.example"


def test_a_test_needs_no_list(marketer: Client) -> None:
    campaign = CampaignFactory.create(mailing_list=None)
    marketer.post(reverse("campaign-test", args=[campaign.pk]), {"address": "boss@huila.example"}, headers=HTMX)
    assert TestSend.objects.count() == 1


def test_a_test_without_content_says_what_to_do(marketer: Client) -> None:
    campaign = CampaignFactory.create(template=None)
    answer = marketer.post(
        reverse("campaign-test", args=[campaign.pk]), {"address": "boss@huila.example"}, headers=HTMX
    )
    assert "Choose a template." in answer.content.decode()


def test_a_step_that_came_too_late_says_so(marketer: Client) -> None:
    subscribed()
    campaign = sending()
    answer = marketer.post(reverse("campaign-undo", args=[campaign.pk]))
    assert answer.status_code == 409
    assert "is being sent" in answer.content.decode()
