"""Choosing whom a campaign is for, and how often people get mail at all."""

from datetime import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from subscribers.models import MailingList, QuietHours
from subscribers.services.frequency import set_cap, set_quiet_hours
from subscribers.services.segments import create_segment
from tests.browser.looks import every_look
from tests.browser.web.campaigns.conftest import address, saved
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.subscribers import MailingListFactory, grant, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(draft: Campaign) -> MailingList:
    """Two more readers, one of whom is in a segment; and somebody on both lists."""
    club = MailingListFactory.create(slug="club")
    subscribed(club, country="DE"), grant(subscribed(club), MailingListFactory.create())
    rules = {"type": "field", "field": "country", "op": "is", "value": "DE"}
    create_segment(actor=SENDWELL, name="Germans", rules=rules)
    set_cap(actor=SENDWELL, most=3, days=7)
    set_quiet_hours(actor=SENDWELL, begins=time(21), ends=time(8))
    return club


@every_look
def test_choosing_people_is_accessible_and_fits(
    visit: Visit, draft: Campaign, club: MailingList, width: int, theme: str
) -> None:
    page = visit(address(draft), width=width, theme=theme)
    for pick in page.locator(".picks summary").all():
        pick.click()
    expect(page.locator(".audience-count")).to_be_visible()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_people_are_chosen_by_keyboard_and_counted(visit: Visit, draft: Campaign, club: MailingList) -> None:
    page = visit(address(draft))
    count = page.locator(".audience-count strong")
    before = int(count.inner_text())
    page.locator("#f-more_lists").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#f-more_lists")).to_contain_text("Club")
    expect(count).to_have_text(str(before + 1))
    page.locator("#f-without_segments").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(count).to_have_text(str(before))
    page.locator(".excluded summary").click()
    expect(page.locator(".excluded")).to_contain_text("In a segment that you leave out")
    saved(page)
    draft.refresh_from_db()
    assert (draft.more_lists, len(draft.without_segments)) == ([club.pk], 1)
    page.reload()
    expect(page.locator("#f-without_segments")).to_contain_text("Germans")


def test_a_campaign_goes_past_the_caps_with_a_reason(visit: Visit, draft: Campaign, club: MailingList) -> None:
    page = visit(address(draft))
    page.get_by_label("Priority").select_option("1")
    saved(page)
    page.get_by_label("Why this one may").fill("A recall: glass in the tins.")
    page.get_by_role("button", name="Exempt it").click()
    expect(page.get_by_text("No frequency cap holds for this campaign.")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.priority, draft.exempt_because) == (1, "A recall: glass in the tins.")


@every_look
def test_the_settings_of_frequency(visit: Visit, draft: Campaign, club: MailingList, width: int, theme: str) -> None:
    page = visit(reverse("settings-frequency"), width=width, theme=theme)
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_caps_and_quiet_hours_are_set_and_taken_back(visit: Visit) -> None:
    page = visit(reverse("settings-frequency"))
    page.get_by_label("At most so many mails").fill("2")
    page.get_by_role("button", name="Save the cap").click()
    expect(page.get_by_text("At most 2 marketing mails")).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("The quiet hours are saved")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("button", name="Remove the cap of 2 in 7 days").click()
    expect(page.get_by_text("There is no cap yet")).to_be_visible()
    assert not QuietHours.objects.exists()
