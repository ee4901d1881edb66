"""The shell: palette, shortcuts, theme, sidebar, toasts and dialogs, by mouse and by keyboard."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, member, scrolls_sideways, small_targets, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@every_look
@pytest.mark.parametrize("place", ["home", "style-page"])
def test_pages_are_accessible_and_fit(visit: Visit, place: str, width: int, theme: str) -> None:
    page = visit(reverse(place), width=width, theme=theme)
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_overlays_are_accessible(visit: Visit, theme: str) -> None:
    page = visit(reverse("style-page"), theme=theme)
    for opener in ("Open a drawer", "Cancel sending…", "Shortcuts", "Search or jump to…"):
        page.get_by_role("button", name=opener).click()
        expect(page.locator("dialog[open]")).to_be_visible()
        if opener.startswith("Search"):
            expect(page.locator("#palette").get_by_role("option").first).to_be_visible()
        assert violations(page) == [], opener
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


def test_expectation_23_the_palette_leads_anywhere_by_keyboard(visit: Visit) -> None:
    page = visit("/ops/ui/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_palette_moves_by_arrows_and_acts(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Control+k")
    page.keyboard.type("theme")
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Dark theme")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#palette")).not_to_be_visible()


def test_the_palette_says_when_it_finds_nothing(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Search or jump to…").click()
    page.keyboard.type("zzzz")
    expect(page.get_by_text("Nothing found.")).to_be_visible()


def test_expectation_24_the_theme_stays(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert _canvas(page) == "rgb(22, 20, 18)"
    page.get_by_role("button", name="As the system").click()
    assert _canvas(page) == "rgb(246, 244, 241)"


def test_the_sidebar_opens_on_a_phone_and_closes_by_escape(visit: Visit) -> None:
    page = visit(width=390)
    home = page.get_by_role("navigation", name="Main").get_by_role("link", name="Home")
    expect(home).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(home).to_be_visible()
    page.keyboard.press("Escape")
    expect(home).not_to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_shortcuts_are_listed_and_never_fire_while_typing(visit: Visit) -> None:
    page = visit("/ops/ui/")
    page.get_by_label("E-mail address").first.fill("")
    page.keyboard.type("gh?")
    assert page.url.endswith("/ops/ui/")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(lambda url: url.endswith("/") and not url.endswith("/ui/"))


@pytest.mark.parametrize("place", ["home", "templates", "settings-profile"])
def test_n_begins_a_campaign_from_anywhere(visit: Visit, place: str) -> None:
    page = visit(reverse(place))
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New campaign")).to_be_visible()


def test_a_message_comes_as_a_toast_with_a_fragment(visit: Visit) -> None:
    page = visit("/ops/ui/")
    page.get_by_role("button", name="Show a toast").click()
    expect(page.get_by_role("status")).to_contain_text("Saved. This message came with the answer.")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_an_expired_session_says_so_and_keeps_what_was_typed(visit: Visit) -> None:
    visit.allow.append("401")  # type: ignore[attr-defined]
    page = visit("/ops/ui/")
    page.get_by_label("Story").first.fill("A long story")
    Session.objects.all().delete()
    page.get_by_role("button", name="Show a toast").click()
    expect(page.get_by_role("status")).to_contain_text("You were signed out, so this was not saved.")
    expect(page.get_by_label("Story").first).to_have_value("A long story")
    expect(page.locator(".toast")).to_have_count(1)


def test_a_lost_connection_says_so_and_keeps_what_was_typed(visit: Visit) -> None:
    visit.allow.append("ERR_INTERNET_DISCONNECTED|Failed to fetch")  # type: ignore[attr-defined]
    page = visit("/ops/ui/")
    page.get_by_label("Story").first.fill("A long story")
    page.context.set_offline(True)
    page.get_by_role("button", name="Show a toast").click()
    expect(page.get_by_role("status")).to_contain_text("No connection to the server.")
    expect(page.get_by_label("Story").first).to_have_value("A long story")


def test_a_drawer_comes_from_the_server_and_leaves_no_trace(visit: Visit) -> None:
    page = visit("/ops/ui/")
    page.get_by_role("button", name="Open a drawer").click()
    expect(page.get_by_role("dialog", name="Edit something")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("dialog.drawer")).to_have_count(0)
    expect(page.get_by_role("button", name="Open a drawer")).to_be_focused()


def test_the_operations_area_works_under_the_policy(visit: Visit) -> None:
    owner = member("owner")
    owner.is_staff = owner.is_superuser = True
    owner.save()
    page = visit("/ops/accounts/user/add/", user=owner)
    expect(page.get_by_label("Email")).to_be_visible()
    page.goto(page.url.replace("user/add/", "user/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _canvas(page: Page) -> Any:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")
