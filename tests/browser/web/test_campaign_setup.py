"""Writing a campaign in a browser: each expectation that concerns it, by name and number."""

import re
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, TestSend
from campaigns.types import CampaignState
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, member, scrolls_sideways, signed_in, small_targets, violations
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, CampaignTemplateFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft() -> Campaign:
    subscribed()
    return CampaignFactory.create()


def address(campaign: Campaign) -> str:
    return reverse("campaign", args=[campaign.pk])


def saved(page: Page) -> None:
    expect(page.locator("#status")).to_have_text(re.compile("^Saved (just now|[0-9]+ s ago)$"))


def subject(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    return campaign.subject


@every_look
def test_the_page_is_accessible_and_fits(visit: Visit, draft: Campaign, width: int, theme: str) -> None:
    page = visit(address(draft), width=width, theme=theme)
    expect(page.locator(".checklist li").first).to_be_visible()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_01_autosave_with_a_visible_saved_time(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Winter lots")
    saved(page)
    assert subject(draft) == "Winter lots"
    expect(page.locator("#status")).to_have_text(re.compile("Saved [3-9] s ago"), timeout=8000)


def test_02_review_and_test_never_ask_to_save_first(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Typed a blink ago")
    page.get_by_role("button", name="Review and send").click()
    drawer = page.get_by_role("dialog", name="Review")
    expect(drawer).to_contain_text("Typed a blink ago")
    assert subject(draft) == "Typed a blink ago"


def test_03_leaving_the_page_loses_nothing(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_label("Preheader").fill("Three lots")
    page.get_by_role("link", name="Edit template").click()
    page.wait_for_url("**/templates/**")
    page.goto(page.url.split("/templates/")[0] + address(draft))
    expect(page.get_by_label("Preheader")).to_have_value("Three lots")


def test_04_the_review_names_audience_count_subject_time_sender_and_checks(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("button", name="Review and send").click()
    drawer = page.get_by_role("dialog", name="Review")
    for words in ("1", "News", draft.subject, "once you press Send", "hello@huila.example", "60 seconds to undo"):
        expect(drawer).to_contain_text(words)
    expect(drawer.get_by_role("button", name="Send to 1 person")).to_be_visible()
    assert violations(page) == []


def test_05_each_check_has_a_fix_that_leads_to_its_field(visit: Visit, draft: Campaign) -> None:
    Campaign.objects.update(subject="", preheader="")
    page = visit(address(draft))
    page.get_by_role("button", name="Review and send").click()
    drawer = page.get_by_role("dialog", name="Review")
    expect(drawer.get_by_role("heading", name="Must fix")).to_be_visible()
    expect(drawer.get_by_role("heading", name="Worth a look")).to_be_visible()
    expect(drawer.get_by_role("button", name=re.compile("^Send to"))).to_have_count(0)
    drawer.get_by_role("link", name="Fix: The subject is empty.").click()
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()


def test_09_a_test_goes_to_me_by_default(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("button", name="Send test").click()
    drawer = page.get_by_role("dialog", name="Send a test")
    expect(drawer.get_by_label("To")).to_have_value("owner@huila.example")
    drawer.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("status").filter(has_text="on its way to owner@huila.example")).to_be_visible()


def test_10_a_test_is_what_stands_on_the_screen(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Not saved yet")
    page.get_by_role("button", name="Send test").click()
    page.get_by_role("dialog", name="Send a test").get_by_role("button", name="Send test").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert TestSend.objects.get().version.subject == "Not saved yet"


def test_13_the_count_is_live_and_says_who_is_left_out(visit: Visit, draft: Campaign) -> None:
    club = MailingListFactory.create(slug="club")
    for _ in range(3):
        subscribed(club)
    subscribed(club).subscriptions.update(state="unsubscribed")
    page = visit(address(draft))
    expect(page.locator("#audience")).to_contain_text("1 person would get it now")
    page.get_by_role("combobox", name="List").select_option("Club")
    expect(page.locator("#audience")).to_contain_text("3 people would get it now")
    page.get_by_text("1 of the list would not, and why").click()
    expect(page.locator("#audience")).to_contain_text("Unsubscribed from this list")


def test_19_a_time_names_its_zone(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_label("At a time").check()
    page.get_by_label("Time zone").select_option("America/New_York")
    page.get_by_label("Date and time").fill("2030-06-01T10:00")
    page.get_by_label("Date and time").blur()
    saved(page)
    page.get_by_role("button", name="Review and send").click()
    drawer = page.get_by_role("dialog", name="Review")
    expect(drawer).to_contain_text("1 Jun 2030, 10:00 New York time")
    expect(drawer).to_contain_text("1 Jun 2030, 16:00 Berlin time")


def test_21_content_is_edited_before_any_list_is_chosen(visit: Visit) -> None:
    StreamFactory.create()
    CampaignTemplateFactory.create()
    page = visit(reverse("campaign-new"))
    page.get_by_label("Name").fill("Advent")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Advent")
    page.get_by_label("Template").select_option("Autumn letter")
    saved(page)
    page.get_by_role("link", name="Edit template").click()
    page.wait_for_url("**/templates/**")
    assert Campaign.objects.get().mailing_list is None


def test_the_inbox_line_follows_what_is_typed(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Hello {{ contact.first_name }}")
    saved(page)
    expect(page.locator("#inbox-subject")).to_have_text("Hello Alex")


def test_two_people_on_one_field_lose_nothing_and_decide(visit: Visit, draft: Campaign) -> None:
    visit.allow.append("409")  # type: ignore[attr-defined]
    mira = UserFactory.create(email="mira@x.example", role="marketer", first_name="Mira", time_zone="Europe/Berlin")
    ben = UserFactory.create(email="ben@x.example", role="marketer", first_name="Ben", time_zone="Europe/Berlin")
    hers, his = visit(address(draft), user=mira), visit(address(draft), user=ben)
    hers.get_by_role("textbox", name="Subject").fill("Hers")
    saved(hers)
    his.get_by_label("Preheader").fill("His own line")
    his.get_by_role("textbox", name="Subject").fill("His")
    clash = his.locator(".clash")
    expect(clash).to_contain_text(re.compile(r"Mira changed the subject at \d\d:\d\d Berlin time\."))
    expect(clash).to_contain_text("Theirs: Hers")
    expect(clash).to_contain_text("Yours: His")
    expect(his.get_by_role("textbox", name="Subject")).to_have_value("His")
    assert subject(draft) == "Hers"
    expect(his.locator("#status")).to_have_text("Not saved: somebody changed the same")
    clash.get_by_role("button", name="Keep mine").click()
    saved(his)
    assert subject(draft) == "His"
    assert draft.preheader == "His own line"


def test_two_people_take_theirs(visit: Visit, draft: Campaign) -> None:
    visit.allow.append("409")  # type: ignore[attr-defined]
    page = visit(address(draft))
    Campaign.objects.update(
        subject="Theirs", revision=2, edits={"subject": {"revision": 2, "by": "Ben", "at": "2026-11-24T09:04:00+00:00"}}
    )
    page.get_by_role("textbox", name="Subject").fill("Mine")
    page.get_by_role("button", name="Use theirs").click()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("Theirs")
    assert subject(draft) == "Theirs"


def test_a_lost_connection_keeps_the_text_and_saves_it_when_back(visit: Visit, draft: Campaign) -> None:
    visit.allow.append("ERR_INTERNET_DISCONNECTED|Failed to fetch")  # type: ignore[attr-defined]
    page = visit(address(draft))
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Subject").fill("Typed in a tunnel")
    expect(page.locator("#status")).to_have_text("Not saved: no connection")
    expect(page.locator("#notes")).to_contain_text("kept in this browser")
    page.context.set_offline(False)
    saved(page)
    assert subject(draft) == "Typed in a tunnel"


def test_a_closed_window_gives_back_what_was_not_saved(visit: Visit, draft: Campaign) -> None:
    visit.allow.append("ERR_INTERNET_DISCONNECTED|Failed to fetch")  # type: ignore[attr-defined]
    page = visit(address(draft))
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Subject").fill("Typed before the crash")
    expect(page.locator("#status")).to_have_text("Not saved: no connection")
    context, url = page.context, page.url
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(url)
    expect(again.get_by_role("textbox", name="Subject")).to_have_value("Typed before the crash")
    # The closing page may still have saved it as the connection came back; else this one does.
    deadline = time.monotonic() + 10
    while subject(draft) != "Typed before the crash" and time.monotonic() < deadline:
        again.wait_for_timeout(100)
    assert subject(draft) == "Typed before the crash"


def test_an_expired_session_stays_on_the_page_and_saves_after_signing_in(visit: Visit, draft: Campaign) -> None:
    visit.allow.append("401")  # type: ignore[attr-defined]
    page = visit(address(draft))
    Session.objects.all().delete()
    page.get_by_role("textbox", name="Subject").fill("Typed signed out")
    expect(page.locator("#status")).to_have_text("Not saved: you were signed out")
    expect(page.locator("#notes").get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("Typed signed out")
    _sign_in_elsewhere(page)
    saved(page)
    assert subject(draft) == "Typed signed out"


def test_a_campaign_that_somebody_scheduled_meanwhile_says_so(visit: Visit, draft: Campaign) -> None:
    visit.allow.append("409")  # type: ignore[attr-defined]
    page = visit(address(draft))
    Campaign.objects.update(state=CampaignState.SCHEDULED)
    page.get_by_role("textbox", name="Subject").fill("Too late")
    expect(page.locator("#status")).to_have_text("Not saved: the campaign can no longer be changed")
    expect(page.locator("#notes").get_by_role("button", name="Reload")).to_be_visible()


def test_an_analyst_may_look_and_not_edit(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft), role="analyst")
    expect(page.locator("#status")).to_have_text("You may look, not edit")
    expect(page.get_by_role("textbox", name="Subject")).to_be_disabled()
    expect(page.get_by_role("button", name="Review and send")).to_have_count(0)


def _sign_in_elsewhere(page: Page) -> None:
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": signed_in(member("owner"))}
    page.context.add_cookies([{**cookie, "url": page.url}])
    # Whoever comes back from the other tab gives the window its focus.
    page.evaluate("dispatchEvent(new Event('focus'))")


def test_opening_a_campaign_saves_nothing(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))
    page.reload()
    expect(page.locator(".checklist li").first).to_be_visible()
    page.wait_for_timeout(1000)
    assert set(requests) == {"GET"}
