"""The calendar: campaigns on their days, moved by mouse and by keyboard, never without a confirmation."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Campaign
from tests.browser.web.conftest import Visit
from tests.factories.campaigns import scheduled
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def test_expectation_23_the_calendar_moves_by_keyboard_too(visit: Visit) -> None:
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
