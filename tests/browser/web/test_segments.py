"""Segments as a marketer builds them: by keyboard alone, without losing a letter, and until the right people are in."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from accounts.services.permission import SENDWELL
from subscribers.models import Contact, CustomField, MailingList, Segment, SegmentDraft
from subscribers.services.activities import record_activities
from subscribers.services.segments import create_segment, take_snapshot
from subscribers.types import NewActivity
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.browser.web.hands import Keyboard
from tests.factories.accounts import OrganisationFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Builder(Keyboard):
    """Keys alone, within one condition or group of the builder; its controls bear the same names as those of others."""

    def within(self, group: str, label: str) -> Locator:
        return self.page.get_by_role("group", name=group, exact=True).get_by_label(label, exact=True).first

    def pick(self, group: str, label: str, option: str) -> None:
        field = self.within(group, label)
        self._reach(field)
        self._keys.type(option)
        expect(field.locator("option:checked")).to_have_text(option)

    def fill(self, group: str, label: str, text: str) -> None:
        self._reach(self.within(group, label))
        self._keys.press("Control+a")
        self._keys.type(text)

    def push(self, group: str, name: str) -> None:
        """The last button of this name: a group's own stand behind those of the groups in it."""
        buttons = self.page.get_by_role("group", name=group, exact=True).get_by_role("button", name=name, exact=True)
        self._reach(buttons.nth(buttons.count() - 1))
        self._keys.press("Enter")


@pytest.fixture
def news() -> MailingList:
    OrganisationFactory.create()
    return MailingListFactory.create(slug="news", name="The monthly roast")


@pytest.fixture
def people(news: MailingList) -> dict[str, Contact]:
    """Ann and Carl order, Ann lately; Bob and Carl live in Germany; Eve is on the list."""
    found = {
        "Ann": ContactFactory.create(first_name="Ann", email="ann@example.org"),
        "Bob": ContactFactory.create(first_name="Bob", email="bob@example.org", country="DE"),
        "Carl": ContactFactory.create(first_name="Carl", email="carl@example.org", country="DE"),
        "Eve": subscribed(news, first_name="Eve", email="eve@example.org", country="DE"),
    }
    for name, days in (("Ann", (3, 9)), ("Bob", (3, 9, 30)), ("Carl", (3, 400)), ("Eve", (5, 6))):
        ordered(found[name], *days)
    return found


def ordered(contact: Contact, *days_ago: int) -> None:
    now = timezone.now()
    record_activities(
        actor=SENDWELL,
        activities=[
            NewActivity(contact.pk, "ordered", now - timedelta(days=days), Decimal(20), {"coffee": "Huila"})
            for days in days_ago
        ],
    )


def rules_of_every_kind(news: MailingList, other: Segment) -> dict[str, Any]:
    CustomField.objects.create(key="birthday", label="Birthday", kind="date")
    CustomField.objects.create(key="vip", label="VIP", kind="boolean")
    return {
        "type": "all",
        "rules": [
            {"type": "field", "field": "mailbox_provider", "op": "is_any_of", "value": ["google", "yahoo"]},
            {"type": "field", "field": "custom.birthday", "op": "anniversary_in_next", "value": 14},
            {"type": "field", "field": "custom.vip", "op": "is", "value": True},
            {"type": "field", "field": "created_at", "op": "between", "value": ["2026-01-01", "2026-12-31"]},
            {"type": "list", "list": news.pk, "state": "subscribed"},
            {"type": "consent", "purpose": "subscription", "list": None, "bases": ["express"], "expires_within": 30},
            {"type": "any", "rules": [{"type": "mail", "act": "clicked", "days": 90}]},
            {"type": "not", "rule": {"type": "last_mails", "act": "opened", "campaigns": 10, "op": "is", "value": 0}},
            {
                "type": "activity",
                "name": "ordered",
                "times": {"op": "at_least", "value": 2},
                "total": {"op": "between", "value": [10, 100]},
                "days": 180,
                "where": [{"key": "coffee", "kind": "text", "op": "is", "value": "Huila"}],
            },
            {"type": "segment", "segment": other.pk},
        ],
    }


@every_look
def test_screens_are_accessible_and_fit(
    visit: Visit, news: MailingList, people: dict[str, Contact], width: int, theme: str
) -> None:
    german = {"type": "field", "field": "country", "op": "is", "value": "DE"}
    first = create_segment(actor=SENDWELL, name="German", rules=german)
    second = create_segment(actor=SENDWELL, name="Everything", rules=rules_of_every_kind(news, first))
    for _ in range(2):
        take_snapshot(actor=SENDWELL, segment_id=first.pk)
    page = visit(reverse("segments"), width=width, theme=theme)
    base = page.url.removesuffix(reverse("segments"))
    places = {
        "list": reverse("segments"),
        "segment": reverse("segment", args=[first.pk]),
        "new": reverse("segment-new"),
        "edit": reverse("segment-edit", args=[second.pk]),
        "compare": f"{reverse('segment-compare')}?segment={first.pk}&segment={second.pk}",
    }
    for name, path in places.items():
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], name
        assert not scrolls_sideways(page), name
        assert small_targets(page) == [], name


def test_a_nested_segment_is_built_by_keyboard_alone(visit: Visit, people: dict[str, Contact]) -> None:
    page = visit()
    keys = Builder(page)
    count = page.locator("#count")
    keys.go_to("Segments")
    expect(page.get_by_role("heading", name="Segments", exact=True)).to_be_visible()
    keys.press("New segment", "link")
    keys.write("Name", "Buys again")
    keys.pick("Condition 1", "About", "Something they did")
    keys.fill("Condition 1", "What they did", "ordered")
    keys.pick("Condition 1", "How often", "at least")
    keys.fill("Condition 1", "Number", "2")
    expect(count).to_have_text("4")
    keys.pick("Condition 1", "When", "in the last")
    keys.fill("Condition 1", "Days", "180")
    expect(count).to_have_text("3")

    keys.push("The segment", "Add group")
    expect(page.locator("#what-3")).to_be_focused()
    keys.pick("Condition 2.1", "About", "Country")
    keys.fill("Condition 2.1", "Value", "Germany")
    expect(count).to_have_text("2")
    keys.push("Group 2", "Add condition")
    expect(page.get_by_role("group", name="Condition 2.2").get_by_label("About")).to_be_focused()
    keys.pick("Condition 2.2", "About", "First name")
    keys.fill("Condition 2.2", "Value", "ann")
    expect(count).to_have_text("3")

    keys.push("The segment", "Add group")
    keys.pick("Group 3", "How many of these", "none")
    keys.pick("Condition 3.1", "About", "A list")
    keys.pick("Condition 3.1", "List", "The monthly roast")
    expect(count).to_have_text("2")
    expect(page.locator("#sentence")).to_have_text(
        "People who did “ordered” at least 2 times in the last 180 days and (whose country is “DE” or whose first name "
        "is “ann”) and who are not subscribed to “The monthly roast”."
    )
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    keys.press("Save segment")
    expect(page.get_by_role("heading", name="Buys again")).to_be_visible()
    expect(page.locator("a.big")).to_have_text("2")
    assert not SegmentDraft.objects.exists()
    keys.press("People", "link")
    expect(page.locator("tbody .who")).to_have_text(["bob@example.org", "ann@example.org"])


def test_expectation_18_real_and_and_or_groups_in_segments(visit: Visit, people: dict[str, Contact]) -> None:
    page = visit(reverse("segment-new"))
    page.get_by_label("Name", exact=True).fill("Germans or Anns who ordered twice lately")
    choose(page, "Condition 1", "About", "Something they did")
    group(page, "Condition 1").get_by_label("What they did").fill("ordered")
    choose(page, "Condition 1", "When", "in the last")
    choose(page, "Condition 1", "How often", "at least")
    group(page, "Condition 1").get_by_label("Number").fill("2")
    expect(page.locator("#count")).to_have_text("3")
    page.locator("#nest-0").click()
    choose(page, "Condition 2.1", "About", "First name")
    group(page, "Condition 2.1").get_by_label("Value").fill("Ann")
    expect(page.locator("#count")).to_have_text("1")
    group(page, "Group 2").get_by_role("button", name="Add condition").click()
    choose(page, "Condition 2.2", "About", "First name")
    group(page, "Condition 2.2").get_by_label("Value").fill("Bob")
    expect(page.locator("#count")).to_have_text("2")
    # The same conditions, joined otherwise, are other people.
    choose(page, "Group 2", "How many of these", "all")
    expect(page.locator("#count")).to_have_text("0")
    choose(page, "Group 2", "How many of these", "any")
    expect(page.locator("#count")).to_have_text("2")
    why = page.locator("#sample li", has_text="ann@example.org").first
    why.get_by_text("Why?").click()
    expect(why.locator(".holds")).to_have_count(2)
    expect(why.locator(".holds", has_text="ordered")).to_contain_text("2 ×, 40")
    expect(why.locator(".fails")).to_contain_text("whose first name is “Bob”")
    page.get_by_role("button", name="Save segment").click()
    expect(page.locator(".says")).to_contain_text("(whose first name is “Ann” or whose first name is “Bob”)")


def test_conditions_move_and_the_focus_stays_with_them(visit: Visit, news: MailingList) -> None:
    page = visit(reverse("segment-new"))
    choose(page, "Condition 1", "About", "First name")
    group(page, "Condition 1").get_by_label("Value").fill("Ann")
    page.get_by_role("button", name="Add group").click()
    expect(page.locator("#what-3")).to_be_focused()
    down = page.get_by_role("button", name="Move Condition 1 down")
    down.focus()
    page.keyboard.press("Enter")
    expect(group(page, "Condition 1.1").get_by_label("Value")).to_have_value("Ann")
    expect(page.locator("#down-1")).to_be_focused()
    page.get_by_role("button", name="Duplicate Condition 1.1").click()
    expect(group(page, "Condition 1.2").get_by_label("Value")).to_have_value("Ann")
    expect(group(page, "Condition 1.2").get_by_label("About")).to_be_focused()
    page.get_by_role("button", name="Remove Condition 1.2").click()
    expect(group(page, "Condition 1.2").get_by_label("About")).to_be_focused()
    page.get_by_role("button", name="Remove Group 1").click()
    expect(page.locator("#add-0")).to_be_focused()
    expect(page.locator("#tree")).to_contain_text("that is everybody")


def test_what_is_typed_while_the_tree_is_redrawn_is_not_lost(visit: Visit, news: MailingList) -> None:
    page = visit(reverse("segment-new"))
    choose(page, "Condition 1", "About", "First name")
    value = group(page, "Condition 1").get_by_label("Value")
    value.fill("A")

    def slowly(route: Route) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route("**/segments/shape", slowly)
    page.get_by_label("Comparison").select_option("starts_with")
    value.click()
    value.press_sequentially("nn", delay=5)
    page.get_by_role("button", name="Add condition").click()
    expect(group(page, "Condition 2").get_by_label("About")).to_be_focused()
    expect(value).to_have_value("Ann")
    expect(page.get_by_label("Comparison")).to_have_value("starts_with")
    page.unroute("**/segments/shape")
    # Somebody leaves in mid-word, and comes back.
    page.get_by_label("Name", exact=True).press_sequentially("Frie", delay=5)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Lists").click()
    expect(page.get_by_role("heading", name="Lists")).to_be_visible()
    page.goto(page.url.replace(reverse("lists"), reverse("segment-new")))
    expect(page.get_by_label("Name", exact=True)).to_have_value("Frie")
    expect(value).to_have_value("Ann")


def test_a_mistake_is_named_where_it_is(visit: Visit, people: dict[str, Contact]) -> None:
    page = visit(reverse("segment-new"))
    choose(page, "Condition 1", "About", "A campaign")
    group(page, "Condition 1").get_by_label("Days").fill("soon")
    expect(group(page, "Condition 1").locator(".problem")).to_have_text("“soon” is not a whole number.")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    expect(group(page, "Condition 1").get_by_label("Days")).to_have_value("soon")
    # Enter redraws, and does nothing else.
    group(page, "Condition 1").get_by_label("Days").press("Enter")
    expect(page.get_by_role("group", name="Condition 1")).to_have_count(1)
    group(page, "Condition 1").get_by_label("Days").fill("30")
    expect(group(page, "Condition 1").locator(".problem")).to_have_text("")


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def choose(page: Page, name: str, label: str, option: str) -> None:
    """And wait for the inputs that follow from it."""
    field = group(page, name).get_by_label(label, exact=True).first
    with page.expect_response("**/segments/shape"):
        field.select_option(label=option)
    expect(field.locator("option:checked")).to_have_text(option)
