"""While a campaign is being sent: its controls, its pace, and what it says when a mailbox provider holds it up."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Campaign
from campaigns.services.finish import finish_sent
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent
from tests.browser.looks import every_look
from tests.browser.web.campaigns.conftest import PostOffice, accepted, address
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.deliverability import DeliveryBatchFactory
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@every_look
def test_every_screen_is_accessible_and_fits(visit: Visit, live: Campaign, width: int, theme: str) -> None:
    accepted(live)
    CampaignFactory.create(name="A draft")
    planned = scheduled(name="A plan")
    Campaign.objects.filter(pk=planned.pk).update(starts_at=timezone.now() + timedelta(minutes=5))
    page = visit(reverse("campaigns"), width=width, theme=theme)
    base = page.url.removesuffix(reverse("campaigns"))
    people = reverse("campaign-people", args=[live.pk, "accepted"])
    for path in (reverse("campaigns"), address(live), address(planned), people, reverse("calendar")):
        page.goto(base + path)
        page.wait_for_timeout(150)
        assert violations(page) == [], path
        assert not scrolls_sideways(page), path
        assert small_targets(page) == [], path


def test_expectation_7_pause_resume_and_cancel_in_the_middle_of_sending(visit: Visit, post_office: PostOffice) -> None:
    server, everybody = post_office.server, 80
    for _ in range(everybody):
        subscribed()
    server.delay = lambda rcpt: 0.08
    campaign = sending()
    page = visit(address(campaign))
    now = page.locator("#live")
    with post_office.at_work():
        server.wait_for(2)
        page.get_by_role("button", name="Pause").click()
        expect(now).to_contain_text("Paused. Nothing new leaves until you resume.")
    paused_at = len(server.messages)
    assert 2 <= paused_at < everybody
    assert len(post_office.work()) == paused_at
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    with post_office.at_work():
        server.wait_for(paused_at + 2)
        page.get_by_role("button", name="Cancel sending…").click()
        dialog = page.get_by_role("dialog", name="Cancel sending for good?")
        expect(dialog).to_contain_text(re.compile(r"\d+ people have not got it yet and will not get it\."))
        dialog.get_by_role("button", name="Cancel sending").click()
        expect(now).to_contain_text("Cancelled.")
    arrived = post_office.work()
    assert paused_at + 2 <= len(arrived) < everybody
    assert len(set(arrived)) == len(arrived)
    page.reload()
    expect(now.locator(".legend")).to_contain_text(f"Accepted {len(arrived)}")
    expect(now.locator(".legend")).to_contain_text(f"Held back {everybody - len(arrived)}")
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.CANCELLED


def test_expectation_15_throttling_never_shows_as_finished(visit: Visit, live: Campaign) -> None:
    later = timezone.now() + timedelta(minutes=10)
    DeliveryBatch.objects.update(attempt=2, due_at=later)
    assert finish_sent() == []
    page = visit(address(live))
    now = page.locator("#live")
    expect(now).to_contain_text("Not finished: what is left was put off and is tried again at")
    expect(now).to_contain_text("Gmail has put off what is left for it")
    expect(page.locator(".page-head .badge")).to_have_text("Sending")
    expect(page.locator("body")).not_to_contain_text("Finished")
    expect(page.locator("body")).not_to_contain_text("Complete")


def test_expectation_16_progress_shows_rate_finish_time_and_put_off_against_refused(visit: Visit) -> None:
    for _ in range(4):
        subscribed()
    live = sending()
    page = visit(address(live))
    expect(page.locator("#live .big")).to_have_text("0")
    batch = DeliveryBatch.objects.get()
    first, second, third, fourth = batch.recipient_ids
    now, provider = timezone.now(), batch.mailbox_provider
    append_events(
        [
            NewEvent(now, EventKind.ACCEPTED, batch.mailing_id, first, provider),
            NewEvent(now, EventKind.FAILED, batch.mailing_id, second, provider, code=550, detail="5.1.1"),
            NewEvent(now, EventKind.DEFERRED, batch.mailing_id, third, provider, code=451, detail="4.7.1"),
        ]
    )
    DeliveryBatchFactory.create(
        mailing=live.mailing, recipient_ids=[third], attempt=2, due_at=now + timedelta(minutes=5)
    )
    DeliveryBatch.objects.filter(pk=batch.pk).update(recipient_ids=[fourth])
    expect(page.locator("#live .big")).to_have_text("3", timeout=8000)
    for words in ("Accepted 1", "Put off, retrying 1", "Refused 1", "Waiting 1"):
        expect(page.locator("#live .legend")).to_contain_text(words)
    pace = re.compile(r"^\d\.\d per second · done about \d\d:\d\d Berlin time$")
    expect(page.locator("#live .now")).to_have_text(pace, timeout=8000)
    page.locator("#live .legend").get_by_role("listitem").filter(has_text="Refused").get_by_role("link").click()
    expect(page.locator("tbody tr")).to_contain_text("550 5.1.1")


def test_the_report_ends_by_itself_when_everything_has_left(visit: Visit, live: Campaign) -> None:
    page = visit(address(live))
    accepted(live)
    finish_sent()
    expect(page.locator("#live")).to_contain_text("Finished", timeout=8000)
    expect(page.locator(".page-head .badge")).to_have_text("Sent")
