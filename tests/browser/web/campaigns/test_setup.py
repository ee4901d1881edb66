"""Writing a campaign: each expectation that concerns the page on which it is written."""

import re
from email import message_from_bytes, policy

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from campaigns.models import Campaign, TestSend
from deliverability.models import Suppression
from deliverability.types import Scope
from tests.browser.looks import every_look
from tests.browser.web.campaigns.conftest import PostOffice, address, saved, subject
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.campaigns import CampaignTemplateFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@every_look
def test_the_page_is_accessible_and_fits(visit: Visit, draft: Campaign, width: int, theme: str) -> None:
    Campaign.objects.update(held_because="Not started, nothing was sent: the subject is empty. Write one.")
    page = visit(address(draft), width=width, theme=theme)
    expect(page.locator(".checklist li").first).to_be_visible()
    expect(page.locator(".held")).to_contain_text("It was due and did not start.")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_expectation_1_a_campaign_saves_itself_and_says_when(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Winter lots")
    saved(page)
    assert subject(draft) == "Winter lots"
    expect(page.locator("#status")).to_have_text(re.compile("Saved [3-9] s ago"), timeout=8000)


def test_how_long_to_watch_is_asked_once_there_is_a_canary(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    watch = page.get_by_label("Watch the canary for")
    expect(watch).to_be_hidden()
    page.get_by_label("Send a canary first").select_option("5")
    expect(watch).to_be_visible()
    page.get_by_label("Send a canary first").select_option("0")
    expect(watch).to_be_hidden()


def test_a_template_made_from_the_campaign_is_chosen_in_it(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Typed before")
    page.get_by_role("link", name="New template").click()
    page.get_by_role("button", name="Start with Digest").click()
    expect(page.get_by_label("Name of the template")).to_have_value("Digest")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_label("Template", exact=True).locator("option:checked")).to_have_text("Digest")
    expect(page).to_have_url(re.compile(rf"{address(draft)}$"))
    saved(page)
    draft.refresh_from_db()
    assert draft.template is not None
    assert (draft.template.name, draft.subject) == ("Digest", "Typed before")
    page.get_by_label("Template", exact=True).select_option("")
    saved(page)
    page.reload()
    expect(page.get_by_label("Template", exact=True)).to_have_value("")


def test_expectation_2_nothing_asks_to_be_saved_before_send_or_schedule(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    drawer = page.get_by_role("dialog", name="Review")
    expect(page.get_by_role("button", name=re.compile("save", re.IGNORECASE))).to_have_count(0)
    page.get_by_role("textbox", name="Subject").fill("Typed a blink ago")
    page.get_by_role("button", name="Review and send").click()
    expect(drawer).to_contain_text("Typed a blink ago")
    drawer.get_by_role("button", name="Send to 1 person").click()
    expect(page.get_by_role("heading", name=re.compile("Sending starts in"))).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("textbox", name="Subject").fill("Typed for later")
    page.get_by_label("At a time").check()
    page.get_by_label("Date and time").fill("2030-06-01T10:00")
    page.get_by_role("button", name="Review and send").click()
    expect(drawer).to_contain_text("Typed for later")
    drawer.get_by_role("button", name="Schedule for 1 person").click()
    expect(page.get_by_role("heading", name=re.compile("Starts 1 Jun 2030, 10:00"))).to_be_visible()
    draft.refresh_from_db()
    assert draft.version is not None
    assert draft.version.subject == "Typed for later"


def test_expectation_3_switching_tabs_and_pages_never_loses_input(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_label("Preheader").fill("Three lots")
    page.get_by_role("link", name="Edit template").click()
    page.wait_for_url("**/templates/**")
    page.go_back()
    expect(page.get_by_label("Preheader")).to_have_value("Three lots")
    # A link of the navigation knows nothing of the form, and follows at once.
    page.get_by_role("textbox", name="Subject").fill("Left in mid-word")
    page.get_by_role("navigation").get_by_role("link", name="Contacts").click()
    page.wait_for_url("**/contacts")
    other = page.context.new_page()
    other.goto(page.url.removesuffix(reverse("contacts")) + address(draft))
    expect(other.get_by_role("textbox", name="Subject")).to_have_value("Left in mid-word")
    page.go_back()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("Left in mid-word")
    # Another tab of the browser comes to the front before the pause in typing.
    page.get_by_label("Preheader").press("End")
    page.get_by_label("Preheader").press_sequentially(", one of them new")
    page.evaluate(
        """() => { Object.defineProperty(document, "hidden", {value: true, configurable: true});
            document.dispatchEvent(new Event("visibilitychange")); }"""
    )
    page.wait_for_timeout(300)
    draft.refresh_from_db()
    assert draft.preheader == "Three lots, one of them new"


def test_expectation_9_a_test_goes_to_me_or_to_any_address_with_sample_data(
    visit: Visit, post_office: PostOffice, draft: Campaign
) -> None:
    page = visit(address(draft))
    drawer = page.get_by_role("dialog", name="Send a test")
    page.get_by_role("button", name="Send test").click()
    expect(drawer.get_by_label("To")).to_have_value("owner@huila.example")
    expect(drawer).to_contain_text("a sample person")
    drawer.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("status").filter(has_text="on its way to owner@huila.example")).to_be_visible()
    page.get_by_role("button", name="Send test").click()
    drawer.get_by_label("To").fill("designer@agency.example")
    drawer.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("status").filter(has_text="on its way to designer@agency.example")).to_be_visible()
    assert sorted(post_office.work()) == ["designer@agency.example", "owner@huila.example"]
    for received in post_office.server.messages:
        mail = message_from_bytes(received.data, policy=policy.default)
        body = mail.get_body(("plain",))
        assert mail["Subject"] == "[Test] Autumn, Alex"
        assert body is not None
        assert "Hello Alex, this is News." in body.get_content()


def test_expectation_10_a_campaigns_test_is_what_stands_on_the_screen(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Not saved yet")
    page.get_by_role("button", name="Send test").click()
    page.get_by_role("dialog", name="Send a test").get_by_role("button", name="Send test").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert TestSend.objects.get().version.subject == "Not saved yet"


def test_expectation_13_the_count_is_live_and_says_who_is_left_out_and_why(visit: Visit, draft: Campaign) -> None:
    club = MailingListFactory.create(slug="club")
    for _ in range(3):
        subscribed(club)
    gone, blocked = subscribed(club), subscribed(club)
    gone.subscriptions.update(state="unsubscribed")
    Suppression.objects.create(address_key=blocked.address_key, scope=Scope.MARKETING, reason="complaint")
    page = visit(address(draft))
    audience = page.locator("#audience")
    expect(audience).to_contain_text("1 person would get it now")
    page.get_by_role("combobox", name="List").select_option("Club")
    expect(audience).to_contain_text("3 people would get it now")
    page.get_by_text("2 would not, and why").click()
    expect(audience).to_contain_text("Suppressed: bounced, complained or blocked")
    audience.get_by_role("listitem").filter(has_text="Unsubscribed from this list").get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text(gone.email)


def test_expectation_21_content_is_edited_before_any_list_is_chosen(visit: Visit) -> None:
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
    expect(page.get_by_role("textbox", name="Code")).to_be_editable()
    assert Campaign.objects.get().mailing_list is None


def test_the_inbox_line_follows_what_is_typed(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_role("textbox", name="Subject").fill("Hello {{ contact.first_name }}")
    saved(page)
    expect(page.locator("#inbox-subject")).to_have_text("Hello Alex")


def test_an_analyst_may_look_and_not_edit(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft), role="analyst")
    expect(page.locator("#status")).to_have_text("You may look, not edit")
    expect(page.get_by_role("textbox", name="Subject")).to_be_disabled()
    expect(page.get_by_role("button", name="Review and send")).to_have_count(0)


def test_opening_a_campaign_saves_nothing(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))
    page.reload()
    expect(page.locator(".checklist li").first).to_be_visible()
    page.wait_for_timeout(1000)
    assert set(requests) == {"GET"}
