"""Templates as a marketer works with them: list, editor, preview, and everything that can interrupt typing."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.services.permission import SENDWELL
from templates_app.models import Template
from templates_app.queries.starters import starter_sources
from templates_app.services.drafting import save_draft
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, member, scrolls_sideways, signed_in, small_targets, violations
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import ContactFactory
from tests.factories.templates_app import SOURCE, TemplateFactory, VersionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GREETING = "Hello {{ contact.first_name"
# The greeting has a line of its own, so that what is typed behind it is text.
WRITTEN = SOURCE.replace("<mj-text>", "<mj-text>\n          ").replace("},</mj-text>", "},\n        </mj-text>")


@pytest.fixture
def template() -> Template:
    OrganisationFactory.create()
    StreamFactory.create()
    return TemplateFactory.create(name="Winter letter", source=WRITTEN, subject="Winter, {{ contact.first_name }}")


def editor(visit: Visit, template: Template, **how: Any) -> Page:
    page = visit(reverse("template", args=[template.pk]), **how)
    expect(page.locator("#weight")).to_contain_text("of 102 kB")
    return page


def mail(page: Page) -> Any:
    return page.frame_locator("#stage iframe:not(.coming)")


def type_after(page: Page, line: str, text: str) -> None:
    page.locator(".cm-line", has_text=line).click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def is_saved(page: Page) -> None:
    expect(page.locator("#status")).to_contain_text("Saved")
    expect(page.locator("#status")).to_have_attribute("data-kind", "ok")


def stored(template: Template) -> str:
    template.refresh_from_db()
    return template.source


@every_look
@pytest.mark.parametrize("place", ["templates", "template-new", "template"])
def test_screens_are_accessible_and_fit(visit: Visit, template: Template, place: str, width: int, theme: str) -> None:
    # Longer than the screen, so that the code scrolls.
    Template.objects.update(source=starter_sources()["announcement"])
    page = visit(reverse(place, args=[template.pk] if place == "template" else []), width=width, theme=theme)
    if place == "template":
        expect(page.locator("#weight")).to_contain_text("of 102 kB")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_editors_overlays_are_accessible(visit: Visit, template: Template, theme: str) -> None:
    VersionFactory.create(name="Winter", source=SOURCE)
    version = VersionFactory.create(name="Winter letter 2", source=SOURCE).template
    version.source = SOURCE.replace("Hello", "Goodbye")
    version.save()
    page = editor(visit, version, theme=theme)
    for opener in ("As a sample person", "Edit subject and preheader", "Versions", "Send test"):
        page.get_by_role("button", name=opener, exact=True).click()
        expect(page.locator("dialog[open]")).to_be_visible()
        assert violations(page) == [], opener
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="Versions", exact=True).click()
    page.get_by_role("button", name="Compare version 1 with the draft").click()
    expect(page.locator(".difference")).to_contain_text("Goodbye")
    assert violations(page) == []


def test_typing_updates_the_preview_and_saves_itself(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    expect(mail(page).get_by_text("Hello Alex,")).to_be_visible()
    expect(page.locator("#inbox-subject")).to_have_text("Winter, Alex")
    type_after(page, GREETING, " It snows.")
    expect(mail(page).get_by_text("It snows.")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Saved just now")
    assert "It snows." in stored(template)


def test_a_mistake_shows_in_the_margin_with_advice_and_the_last_preview_stays(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    type_after(page, "</mj-section>", "<mj-sektion>")
    expect(page.locator("#problems")).to_contain_text("Line 10")
    expect(page.locator("#problems")).to_contain_text("Did you mean <mj-section>?")
    marker = page.locator(".cm-lint-marker-error")
    expect(marker).to_have_count(1)
    marker.hover()
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("<mj-sektion> is not an MJML tag.")
    expect(page.locator("#stale")).to_contain_text("The preview shows the last version that worked.")
    expect(mail(page).get_by_text("Hello Alex,")).to_be_visible()
    is_saved(page)
    assert "<mj-sektion>" in stored(template)
    assert violations(page) == []


def test_completion_inserts_merge_tags_and_mjml(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    type_after(page, GREETING, " {{ contact.la")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("contact.last_name")
    # CodeMirror ignores Enter for a moment, so that nobody accepts what they have not seen.
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    expect(page.locator(".cm-merge-tag", has_text="{{ contact.last_name }}")).to_be_visible()
    page.keyboard.type("!")
    expect(mail(page).get_by_text("Example!")).to_be_visible()
    page.locator(".cm-line", has_text="</mj-button>").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("<mj-div")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("mj-divider")


def test_the_merge_tag_menu_inserts_at_the_cursor_with_a_fallback(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    page.locator(".cm-line", has_text=GREETING).click()
    page.keyboard.press("End")
    page.get_by_label("Insert a merge tag").select_option("contact.first_name")
    expect(page.locator(".cm-merge-tag", has_text="there")).to_have_count(2)


def test_expectation_1_autosave_survives_a_reload_in_mid_word(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    # Nothing reaches the server before the page goes.
    page.route("**/save", lambda route: route.abort())
    visit.allow.append("net::ERR_FAILED")  # type: ignore[attr-defined]
    type_after(page, GREETING, "Snow")
    page.reload()
    page.unroute("**/save")
    expect(page.locator(".cm-line", has_text="Snow")).to_be_visible()
    expect(page.locator("#notes")).to_contain_text("What you typed before this page was closed is back.")
    expect(page.locator("#status")).to_contain_text("Saved")
    page.keyboard.press("Control+s")
    is_saved(page)
    assert "Snow" in stored(template)


def test_a_lost_connection_keeps_the_text_and_saves_it_when_it_is_back(visit: Visit, template: Template) -> None:
    visit.allow.append("ERR_INTERNET_DISCONNECTED")  # type: ignore[attr-defined]
    page = editor(visit, template)
    page.context.set_offline(True)
    type_after(page, GREETING, "Snow")
    expect(page.locator("#status")).to_have_text("Not saved: no connection")
    expect(page.locator("#notes")).to_contain_text("kept in this browser and saved once the connection is back")
    assert "Snow" not in stored(template)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    is_saved(page)
    expect(page.locator("#notes")).to_be_empty()
    assert "Snow" in stored(template)


def test_an_expired_session_keeps_the_text_and_saves_it_after_signing_in(visit: Visit, template: Template) -> None:
    visit.allow.append("status of 401")  # type: ignore[attr-defined]
    page = editor(visit, template)
    expect(mail(page).get_by_text("Hello Alex,")).to_be_visible()
    Session.objects.all().delete()
    type_after(page, GREETING, "Snow")
    expect(page.locator("#status")).to_have_text("Not saved: you were signed out")
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": signed_in(member("owner")), "url": page.url}]
    )
    page.evaluate("dispatchEvent(new Event('focus'))")
    is_saved(page)
    assert "Snow" in stored(template)


def test_two_people_lose_nothing(visit: Visit, template: Template) -> None:
    visit.allow.append("status of 409")  # type: ignore[attr-defined]
    page = editor(visit, template)
    theirs = WRITTEN.replace("See the winter lots", "See the spring lots")
    save_draft(template_id=template.pk, revision=1, source=theirs, subject="Spring", preheader="", actor=SENDWELL)
    type_after(page, GREETING, "Mine")
    expect(page.locator("#notes")).to_contain_text("Sendwell saved at")
    expect(page.locator("#notes")).to_contain_text("your version is kept here")
    assert stored(template) == theirs
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".difference")).to_contain_text("spring")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Use theirs").click()
    expect(page.locator(".cm-line", has_text="See the spring lots")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".cm-line", has_text="Mine")).to_be_visible()
    is_saved(page)
    assert "Mine" in stored(template)


def test_two_people_may_also_go_separate_ways(visit: Visit, template: Template) -> None:
    visit.allow.append("status of 409")  # type: ignore[attr-defined]
    page = editor(visit, template)
    save_draft(template_id=template.pk, revision=1, source="theirs", subject="", preheader="", actor=SENDWELL)
    type_after(page, GREETING, "Mine")
    page.get_by_role("button", name="Save mine as a copy").click()
    expect(page.get_by_label("Name of the template")).to_have_value("Winter letter (copy)")
    assert stored(template) == "theirs"
    assert "Mine" in Template.objects.get(name="Winter letter (copy)").source


def test_expectation_11_the_mail_is_shown_as_anybody(visit: Visit, template: Template) -> None:
    ContactFactory.create(email="ada@example.org", first_name="Ada", last_name="Okafor")
    page = editor(visit, template)
    page.get_by_role("button", name="As a sample person").click()
    page.get_by_role("button", name="Somebody without a name").click()
    expect(mail(page).get_by_text("Hello there,")).to_be_visible()
    page.locator("#person").click()
    page.get_by_label("A real contact").fill("ada")
    page.get_by_role("button", name="Ada Okafor · ada@example.org").click()
    expect(mail(page).get_by_text("Hello Ada,")).to_be_visible()
    expect(page.locator("#person")).to_contain_text("As Ada Okafor")


def test_expectation_12_desktop_mobile_dark_images_and_text(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    page.get_by_role("button", name="Mobile").click()
    assert page.locator("#stage iframe").evaluate("frame => frame.clientWidth") == 390
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("#caption")).to_contain_text("invert its colours")
    page.get_by_role("button", name="Images").click()
    expect(page.locator("#caption")).to_contain_text("Images are off")
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator("#plain-text")).to_contain_text("Hello Alex,")
    expect(page.locator("#plain-text")).to_contain_text("Torstraße 1")


def test_expectation_22_versions_are_kept_compared_and_restored(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    page.get_by_role("button", name="Versions", exact=True).click()
    expect(page.locator("dialog[open]")).to_contain_text("No version yet")
    page.get_by_role("button", name="Keep the draft as a version").click()
    expect(page.locator("dialog[open]")).to_contain_text("Version 1 · Winter")
    expect(page.locator("dialog[open]")).to_contain_text("Mira Lang")
    page.keyboard.press("Escape")
    type_after(page, GREETING, "Snow")
    # Opening the versions saves first, so the comparison shows the last word typed.
    page.get_by_role("button", name="Versions", exact=True).click()
    page.get_by_role("button", name="Compare version 1 with the draft").click()
    expect(page.locator(".difference ins")).to_contain_text("Snow")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Versions", exact=True).click()
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.locator(".cm-line", has_text="Snow")).to_have_count(0)
    is_saved(page)
    page.keyboard.press("Control+z")
    expect(page.locator(".cm-line", has_text="Snow")).to_be_visible()


def test_expectation_10_a_test_sends_what_is_on_the_screen(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    type_after(page, GREETING, "Snow")
    page.get_by_role("button", name="Send test", exact=True).click()
    expect(page.get_by_label("To", exact=True)).to_have_value("owner@huila.example")
    page.locator("dialog[open]").get_by_role("button", name="Send test").click()
    expect(page.locator(".toast")).to_contain_text("A test is on its way to owner@huila.example")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert "Snow" in template.versions.get().source


def test_the_keyboard_reaches_the_code_and_leaves_it(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    page.locator(".cm-line").first.click()
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    # A completion is about to open: the key works all the same, and however long somebody thinks.
    page.keyboard.type("<mj")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Tab leaves the code now")).to_be_visible()
    page.wait_for_timeout(2500)
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).not_to_be_focused()
    expect(page.get_by_text("Tab leaves the code now")).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.type("x")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.locator("#shortcuts")).to_contain_text("Leave the code")


def test_the_name_is_edited_in_place(visit: Visit, template: Template) -> None:
    visit.allow.append("status of 422")  # type: ignore[attr-defined]
    TemplateFactory.create(name="Frost")
    page = editor(visit, template)
    name = page.get_by_label("Name of the template")
    name.fill("Frost")
    name.press("Enter")
    expect(page.locator("#notes")).to_contain_text("Another template is called “Frost” already.")
    name.fill("Ice")
    name.press("Enter")
    expect(page).to_have_title("Ice · Sendwell")
    expect(page.locator("#notes")).to_be_empty()


def test_done_saves_before_it_leaves(visit: Visit, template: Template) -> None:
    page = editor(visit, template)
    type_after(page, GREETING, "Snow")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="Templates")).to_be_visible()
    assert "Snow" in stored(template)


def test_on_a_phone_code_and_preview_are_two_tabs(visit: Visit, template: Template) -> None:
    page = editor(visit, template, width=390)
    expect(page.locator(".preview-pane")).to_be_hidden()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#code")).to_be_hidden()
    expect(mail(page).get_by_text("Hello Alex,")).to_be_visible()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_templates_are_made_copied_renamed_and_deleted_from_the_list(visit: Visit, template: Template) -> None:
    page = visit(reverse("templates"))
    page.get_by_role("button", name="Duplicate Winter letter").click()
    expect(page.get_by_role("link", name="Winter letter (copy)")).to_be_visible()
    page.get_by_role("button", name="Rename Winter letter (copy)").click()
    page.locator("dialog[open]").get_by_label("Name").fill("Spring letter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Spring letter")).to_be_visible()
    page.get_by_role("button", name="Delete Spring letter").click()
    page.get_by_role("button", name="Delete template").click()
    expect(page.locator(".toast")).to_contain_text("“Spring letter” was deleted")
    page.get_by_role("link", name="New template").click()
    page.get_by_role("button", name="Start with Digest").click()
    expect(page.get_by_label("Name of the template")).to_have_value("Digest")
