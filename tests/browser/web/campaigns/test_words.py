"""What holds for every screen: a time names its zone, and an error says what happened, what we did and what to do."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.services.send_test import send_test
from config.web.screens import SCREENS
from deliverability import conf
from deliverability.models import DeliveryBatch
from deliverability.rules.lanes import WayKey
from deliverability.services.pacing import suspend
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ImportRun
from tests.browser.web.campaigns.conftest import accepted, address
from tests.browser.web.conftest import Visit
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What a page says in words; pictures have their zone in the heading, clocks to be set a field for it beside them.
_WORDS = """() => { for (const element of document.querySelectorAll("svg, details")) element.remove();
    return document.body.innerText; }"""
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b(?!:| (?:UTC|[A-Z][A-Za-z ]+ time))")


@pytest.fixture
def busy() -> None:
    """Something has happened, happens and will happen, so that every screen has times to show."""
    for _ in range(3):
        subscribed()
    accepted(sending(name="Sent"))
    Campaign.objects.update(state="sent", finished_at=timezone.now())
    under_way = sending(name="Under way")
    later = timezone.now() + timedelta(minutes=10)
    DeliveryBatch.objects.filter(mailing=under_way.mailing).update(attempt=2, due_at=later)
    planned = scheduled(name="Planned")
    moment = timezone.now() + timedelta(days=2)
    Campaign.objects.filter(pk=planned.pk).update(starts_at=moment, send_at=moment, time_zone="America/New_York")
    draft = CampaignFactory.create(name="Draft", send_at=moment, time_zone="America/New_York")
    send_test(campaign_id=draft.pk, address="owner@huila.example", actor=SENDWELL)
    ImportRun.objects.create(file_name="people.csv", state=ImportRun.State.FINISHED, finished_at=timezone.now())
    suppress(addresses=["gone@gmail.com"], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)


def test_expectation_19_every_time_names_its_zone(visit: Visit, busy: None) -> None:
    page = visit()
    base = page.url.rstrip("/")
    bare, clocks = {}, 0
    for path in dict.fromkeys(screen.path() for screen in SCREENS if not screen.press):
        if path is None or path.startswith("/ops/"):
            continue
        page.goto(base + path, wait_until="domcontentloaded")
        words = page.evaluate(_WORDS)
        assert not re.search(r"\dT\d\d:", words), path
        clocks += len(re.findall(r"\d:\d{2} (?:Berlin|New York) time", words))
        if found := [words[max(0, at.start() - 30) : at.end() + 30] for at in _CLOCK.finditer(words)]:
            bare[path] = found
    assert bare == {}
    assert clocks > 10


def test_expectation_19_a_chosen_time_is_shown_in_both_zones(visit: Visit, draft: Campaign) -> None:
    page = visit(address(draft))
    page.get_by_label("At a time").check()
    page.get_by_label("Time zone").select_option("America/New_York")
    page.get_by_label("Date and time").fill("2030-06-01T10:00")
    page.get_by_role("button", name="Review and send").click()
    drawer = page.get_by_role("dialog", name="Review")
    expect(drawer).to_contain_text("1 Jun 2030, 10:00 New York time")
    expect(drawer).to_contain_text("1 Jun 2030, 16:00 Berlin time")


def test_expectation_25_an_error_says_what_happened_what_we_did_and_what_to_do(visit: Visit, draft: Campaign) -> None:
    visit.allow.extend(["409", "404"])  # type: ignore[attr-defined]
    suppress(addresses=["gone@gmail.com"], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
    first, second = visit(address(draft)), visit(address(draft))
    first.get_by_role("button", name="Send test").click()
    dialog = first.get_by_role("dialog", name="Send a test")
    dialog.get_by_label("To").fill("gone@gmail.com")
    dialog.get_by_role("button", name="Send test").click()
    problem = dialog.get_by_role("alert")
    expect(problem).to_contain_text("gone@gmail.com is suppressed")
    expect(problem).to_contain_text("No test was sent.")
    expect(problem).to_contain_text("Use another address.")
    first.get_by_role("button", name="Cancel").click()
    for page in (first, second):
        page.get_by_role("button", name="Review and send").click()
    for page in (first, second):
        page.get_by_role("button", name="Send to 1 person").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("That did not work")
    expect(second.locator("main")).to_contain_text(
        "“Autumn” is scheduled and has not started, so we did not schedule it. Unschedule it first."
    )
    expect(second.get_by_role("link", name="Go back")).to_be_visible()
    second.goto(second.url.split("/campaigns")[0] + reverse("campaign", args=[4711]))
    expect(second.locator("main")).to_contain_text("There is no such campaign. Nothing was changed;")


def test_expectation_25_the_servers_code_stands_in_the_details(visit: Visit, live: Campaign) -> None:
    way = WayKey(live.stream.provider_id, "google")
    suspend(way=way, reply="451 4.7.500 Server busy", seconds=40)
    try:
        page = visit(address(live))
        note = page.locator("#live .note")
        expect(note).to_contain_text("Gmail asked us to slow down")
        expect(note).to_contain_text("go on by ourselves. Nobody is lost, and there is nothing to do.")
        code = note.get_by_text("451 4.7.500 Server busy")
        expect(code).to_be_hidden()
        note.get_by_text("Details").click()
        expect(code).to_be_visible()
    finally:
        conf.redis_client().delete(way.pace)
