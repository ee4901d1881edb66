"""Two people, a lost connection, an ended session: nothing typed is lost, and the page says what happened."""

import re
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from campaigns.types import CampaignState
from tests.browser.web.campaigns.conftest import address, saved, subject
from tests.browser.web.conftest import Visit, member, signed_in
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def _sign_in_elsewhere(page: Page) -> None:
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": signed_in(member("owner"))}
    page.context.add_cookies([{**cookie, "url": page.url}])
    # Whoever comes back from the other tab gives the window its focus.
    page.evaluate("dispatchEvent(new Event('focus'))")
