"""Sending in a browser: undo, controls, the live report, the calendar."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Campaign
from campaigns.services.finish import finish_sent
from campaigns.services.start import start_due
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(campaign: Campaign) -> str:
    return reverse("campaign", args=[campaign.pk])


def accepted(campaign: Campaign) -> None:
    """What a worker leaves behind: an event for each person, and closed batches."""
    for batch in DeliveryBatch.objects.filter(mailing=campaign.mailing, state=0):
        append_events(
            [
                NewEvent(timezone.now(), EventKind.ACCEPTED, batch.mailing_id, person, batch.mailbox_provider, code=250)
                for person in batch.recipient_ids
            ]
        )
    DeliveryBatch.objects.filter(mailing=campaign.mailing).update(state=2)


@pytest.fixture
def live() -> Campaign:
    for _ in range(3):
        subscribed()
    return sending()


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


def test_06_undo_provably_stops_delivery(visit: Visit) -> None:
    subscribed()
    draft = CampaignFactory.create()
    page = visit(address(draft))
    page.get_by_role("button", name="Review and send").click()
    page.get_by_role("button", name="Send to 1 person").click()
    expect(page.get_by_role("heading", name=re.compile("Sending starts in"))).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="nothing was sent")).to_be_visible()
    expect(page.get_by_role("button", name="Review and send")).to_be_visible()
    assert start_due() == []
    assert DeliveryBatch.objects.count() == 0


def test_06_undo_counts_down_and_the_page_follows_the_start(visit: Visit) -> None:
    subscribed()
    campaign = scheduled(undo_seconds=60)
    page = visit(address(campaign))
    counter = page.locator("[data-countdown]")
    before = int(counter.inner_text())
    expect(counter).not_to_have_text(str(before))
    Campaign.objects.update(starts_at=timezone.now())
    assert start_due() == [campaign.pk]
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=8000)


def test_07_pause_resume_and_cancel_while_sending(visit: Visit, live: Campaign) -> None:
    page = visit(address(live))
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#live")).to_contain_text("Paused. Nothing new leaves until you resume.")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Cancel sending…").click()
    dialog = page.get_by_role("dialog", name="Cancel sending for good?")
    expect(dialog).to_contain_text("3 people have not got it yet")
    dialog.get_by_role("button", name="Cancel sending").click()
    expect(page.locator("#live")).to_contain_text("Cancelled.")
    live.refresh_from_db()
    assert live.state == CampaignState.CANCELLED


def test_08_a_later_campaign_is_unscheduled_in_words(visit: Visit) -> None:
    subscribed()
    campaign = scheduled()
    Campaign.objects.update(starts_at=timezone.now() + timedelta(days=2))
    page = visit(address(campaign))
    page.get_by_role("button", name="Unschedule").click()
    expect(page.get_by_role("status").filter(has_text="Unscheduled: nothing was sent.")).to_be_visible()


def test_14_a_missing_recipient_is_explained(visit: Visit, live: Campaign) -> None:
    person = subscribed(email="late@gmail.com")
    accepted(live)
    page = visit(address(live))
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("#why")).to_contain_text("when sending started")


def test_15_throttling_never_shows_as_finished(visit: Visit, live: Campaign) -> None:
    later = timezone.now() + timedelta(minutes=10)
    DeliveryBatch.objects.update(attempt=2, due_at=later)
    finish_sent()
    page = visit(address(live))
    expect(page.locator("#live")).to_contain_text("Not finished: what is left was put off and is tried again at")
    expect(page.locator("#live")).to_contain_text("Gmail has put off what is left for it")
    expect(page.locator("body")).not_to_contain_text("Finished")


def test_16_progress_tells_put_off_from_refused_and_moves_by_itself(visit: Visit, live: Campaign) -> None:
    page = visit(address(live))
    expect(page.locator("#live .big")).to_have_text("0")
    batch = DeliveryBatch.objects.get()
    first, second, third = batch.recipient_ids
    now, provider = timezone.now(), batch.mailbox_provider
    append_events(
        [
            NewEvent(now, EventKind.ACCEPTED, batch.mailing_id, first, provider),
            NewEvent(now, EventKind.FAILED, batch.mailing_id, second, provider, code=550, detail="5.1.1"),
            NewEvent(now, EventKind.DEFERRED, batch.mailing_id, third, provider, code=451, detail="4.7.1"),
        ]
    )
    DeliveryBatch.objects.update(recipient_ids=[third], attempt=2, due_at=now + timedelta(minutes=5))
    expect(page.locator("#live .big")).to_have_text("3", timeout=8000)
    for words in ("Accepted 1", "Put off, retrying 1", "Refused 1"):
        expect(page.locator("#live .legend")).to_contain_text(words)


def test_the_report_ends_by_itself_when_everything_has_left(visit: Visit, live: Campaign) -> None:
    page = visit(address(live))
    accepted(live)
    finish_sent()
    expect(page.locator("#live")).to_contain_text("Finished", timeout=8000)
    expect(page.locator(".page-head .badge")).to_have_text("Sent")


def test_every_number_leads_to_its_people(visit: Visit, live: Campaign) -> None:
    accepted(live)
    person = DeliveryBatch.objects.get().recipient_ids[0]
    append_events(
        [
            NewEvent(
                timezone.now(), EventKind.CLICKED, live.mailing_id or 0, person, "google",
                link=0, agent_kind=AgentKind.HUMAN,
            )
        ]
    )  # fmt: skip
    page = visit(address(live))
    page.locator(".links").get_by_role("link", name="1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clicked")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_click_map_shows_badges_on_the_mail(visit: Visit, live: Campaign) -> None:
    accepted(live)
    page = visit(address(live))
    frame = page.frame_locator("iframe.click-map")
    page.locator("iframe.click-map").scroll_into_view_if_needed()
    expect(frame.locator(".sendwell-badge").first).to_have_text("0")


def test_the_calendar_moves_by_drag_only_after_confirmation(visit: Visit) -> None:
    subscribed()
    campaign = scheduled(name="Advent")
    now = timezone.now()
    moment = now.replace(day=1, hour=12, minute=0, second=0, microsecond=0) + timedelta(days=40)
    moment = moment.replace(day=14)
    Campaign.objects.update(starts_at=moment, send_at=moment, time_zone="Europe/Berlin")
    page = visit(f"{reverse('calendar')}?month={moment:%Y-%m}")
    page.locator(".month .entry").drag_to(page.locator(f'[data-day="{moment:%Y-%m}-20"]'))
    drawer = page.get_by_role("dialog", name="Move “Advent”")
    expect(drawer).to_contain_text(f"14 {moment:%b %Y}")
    expect(drawer).to_contain_text(f"20 {moment:%b %Y}")
    expect(drawer).to_contain_text("Berlin time")
    campaign.refresh_from_db()
    assert campaign.starts_at == moment
    drawer.get_by_role("button", name="Move").click()
    expect(page.locator(f'[data-day="{moment:%Y-%m}-20"] .entry')).to_be_visible()
    campaign.refresh_from_db()
    assert campaign.starts_at == moment.replace(day=20)


def test_23_the_calendar_moves_by_keyboard_too(visit: Visit) -> None:
    subscribed()
    campaign = scheduled(name="Advent")
    moment = timezone.now() + timedelta(days=3)
    Campaign.objects.update(starts_at=moment, send_at=moment, time_zone="Europe/Berlin")
    page = visit(f"{reverse('calendar')}?month={moment:%Y-%m}")
    button = page.locator(".month").get_by_role("button", name="Move Advent…")
    button.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Move “Advent”")
    drawer.get_by_label("Date and time").fill("2030-06-01T10:00")
    page.keyboard.press("Enter")
    expect(drawer).to_have_count(0)
    campaign.refresh_from_db()
    assert campaign.starts_at == datetime(2030, 6, 1, 8, tzinfo=UTC)
