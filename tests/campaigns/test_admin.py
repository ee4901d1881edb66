"""Campaigns under /ops/."""

from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from campaigns.models import Campaign, TestSend
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, reviewed, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create(email="ops@huila.example", is_staff=True, is_superuser=True))
    return client


def page(campaign: Campaign) -> str:
    return f"/ops/campaigns/campaign/{campaign.pk}/change/"


def press(client: Client, campaign: Campaign, action: str, **data: str) -> str:
    response = client.post(f"/ops/campaigns/campaign/{campaign.pk}/step/{action}/", data)
    assert response.status_code == 302
    campaign.refresh_from_db()
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def form_of(campaign: Campaign, **changes: object) -> dict[str, object]:
    names = ("name", "subject", "preheader", "from_name", "from_email", "reply_to", "time_zone", "undo_seconds")
    names += ("canary_percent", "canary_minutes")
    fields = {name: getattr(campaign, name) for name in names}
    keys = {name: getattr(campaign, f"{name}_id") for name in ("mailing_list", "template", "stream")}
    return {**fields, **keys, "send_at_0": "", "send_at_1": "", **changes}


def test_a_campaign_lives_its_life_by_buttons(staff: Client) -> None:
    subscribed()
    campaign = CampaignFactory.create()
    assert "1 person would get it." in press(staff, campaign, "review")
    assert "Nothing leaves before that" in press(staff, campaign, "schedule")
    assert "nothing was sent" in press(staff, campaign, "unschedule")
    assert campaign.state == CampaignState.REVIEWED
    assert "draft again" in press(staff, campaign, "edit")
    assert campaign.state == CampaignState.DRAFT
    assert set(campaign.activities.values_list("actor", flat=True)) == {"ops@huila.example"}


def test_a_running_campaign_pauses_resumes_and_stops_by_buttons(staff: Client) -> None:
    subscribed()
    campaign = sending()
    for action, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        press(staff, campaign, action)
        assert campaign.state == state
    assert "“Copy of Autumn” stands in the list" in press(staff, campaign, "copy")


def test_a_second_click_gets_a_sentence(staff: Client) -> None:
    subscribed()
    campaign = scheduled()
    assert "is scheduled and has not started, so we did not schedule it" in press(staff, campaign, "schedule")


def test_a_review_lists_what_must_be_fixed(staff: Client) -> None:
    assert "Must fix: Nobody is on “News”." in press(staff, CampaignFactory.create(), "review")


def test_a_test_goes_to_any_address(staff: Client) -> None:
    campaign, contact = CampaignFactory.create(), subscribed()
    assert "on its way to boss@huila.example" in press(
        staff, campaign, "test", address="boss@huila.example", sample=contact.email
    )
    assert TestSend.objects.get().sample_contact_id == contact.pk
    assert "No contact has the address" in press(staff, campaign, "test", address="a@b.example", sample="x@y.example")


def test_only_a_post_changes_anything(staff: Client) -> None:
    assert staff.get(f"/ops/campaigns/campaign/{reviewed_campaign().pk}/step/schedule/").status_code == 405


def test_whoever_may_not_change_campaigns_cannot_press_buttons(client: Client) -> None:
    member: User = UserFactory.create(is_staff=True)
    client.force_login(member)
    campaign = reviewed_campaign()
    assert client.post(f"/ops/campaigns/campaign/{campaign.pk}/step/schedule/").status_code == 403


def test_a_draft_is_edited_with_a_time_in_its_own_zone(staff: Client) -> None:
    campaign = CampaignFactory.create()
    changes = {"subject": "New", "send_at_0": "2030-12-01", "send_at_1": "10:00", "time_zone": "Europe/Berlin"}
    assert staff.post(page(campaign), form_of(campaign, **changes)).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.subject, campaign.send_at) == ("New", datetime(2030, 12, 1, 9, tzinfo=UTC))
    assert 'value="10:00:00"' in staff.get(page(campaign)).content.decode()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"time_zone": "Mars/Olympus"}, "There is no such time zone"),
        (
            {"time_zone": "Europe/Berlin", "send_at_0": "2027-03-28", "send_at_1": "02:30"},
            "Clocks there skip this time",
        ),
    ],
)
def test_a_time_that_cannot_be_is_refused(staff: Client, changes: dict[str, str], error: str) -> None:
    campaign = CampaignFactory.create()
    assert error in staff.post(page(campaign), form_of(campaign, **changes)).content.decode()


def test_a_campaign_is_added_as_a_draft(staff: Client) -> None:
    model = CampaignFactory.create()
    assert staff.post("/ops/campaigns/campaign/add/", form_of(model, name="Second")).status_code == 302
    assert Campaign.objects.get(name="Second").state == CampaignState.DRAFT


def test_whatever_is_not_a_draft_cannot_be_edited(staff: Client) -> None:
    campaign = reviewed_campaign()
    assert staff.post(page(campaign), form_of(campaign, subject="Changed")).status_code == 403
    campaign.refresh_from_db()
    assert campaign.subject != "Changed"


def test_a_running_campaign_shows_its_report(staff: Client) -> None:
    contact = subscribed()
    campaign = sending()
    batch = DeliveryBatch.objects.get()
    append_events(
        [NewEvent(campaign.started_at, EventKind.ACCEPTED, campaign.mailing_id, contact.pk, batch.mailbox_provider)]
    )
    shown = staff.get(page(campaign)).content.decode()
    assert "1 of 1 person done, 1 waiting" in shown
    assert "<th>google</th><td>1</td>" in shown
    assert "Sending started: 1 person, 0 left out." in shown
    assert "Autumn" in staff.get("/ops/campaigns/campaign/").content.decode()


def reviewed_campaign() -> Campaign:
    subscribed()
    return reviewed()
