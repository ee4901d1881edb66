"""From Review to Send and back: what the drawer says, where Fix leads, and that Undo stops what it says it stops."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Organisation
from accounts.types import Role
from campaigns.models import Campaign
from campaigns.services.start import start_due
from deliverability.models import DeliveryBatch, Provider
from templates_app.models import Template
from tests.browser.web.campaigns.conftest import PostOffice, address
from tests.browser.web.conftest import Visit, violations
from tests.factories.campaigns import scheduled
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def review(page: Page) -> None:
    page.get_by_role("button", name="Review and send").click()
    expect(page.get_by_role("dialog", name="Review")).to_be_visible()


def send(page: Page) -> None:
    review(page)
    page.get_by_role("button", name="Send to 1 person").click()
    expect(page.get_by_role("heading", name=re.compile("Sending starts in"))).to_be_visible()


def fixes(region: Locator) -> list[str]:
    """Where each line's Fix leads: a place on a page, or a page. A line without a Fix fails."""
    lines = region.get_by_role("listitem").all()
    targets = [str(line.get_by_role("link", name=re.compile("^Fix: ")).get_attribute("href")) for line in lines]
    return [target.rpartition("#")[2] for target in targets]


def test_expectation_4_the_drawer_names_audience_count_subject_time_sender_and_checks(
    visit: Visit, draft: Campaign
) -> None:
    page = visit(address(draft))
    review(page)
    drawer = page.get_by_role("dialog", name="Review")
    said = (
        "1 person of “News”",
        "Autumn, {{ contact.first_name }}",
        "once you press Send",
        "Huila & Sons <hello@huila.example>",
        "Worth a look",
        "60 seconds to undo",
    )
    for words in said:
        expect(drawer).to_contain_text(words)
    expect(drawer.get_by_role("button", name="Send to 1 person")).to_be_visible()
    assert violations(page) == []


def test_expectation_5_checks_are_split_and_each_fix_leads_to_its_place(visit: Visit, draft: Campaign) -> None:
    Campaign.objects.update(subject="", preheader="", from_email="huila@gmail.com")
    Organisation.objects.update(postal_address="")
    Provider.objects.update(host="")
    Template.objects.update(source="<mjml><mj-body><mj-nonsense /></mj-body></mjml>")
    template = f"{reverse('template', args=[draft.template_id])}?next={address(draft)}"
    page = visit(address(draft))
    review(page)
    drawer = page.get_by_role("dialog", name="Review")
    expect(drawer.get_by_role("button", name=re.compile("^Send to"))).to_have_count(0)
    grave = drawer.get_by_role("region", name="Must fix")
    slight = drawer.get_by_role("region", name="Worth a look")
    assert fixes(grave) == ["f-from_email", "id_postal_address", "/settings/providers", "f-subject", template]
    assert fixes(slight) == ["f-preheader", "public-address"]
    drawer.get_by_role("link", name="Fix: The subject is empty.").click()
    expect(drawer).to_have_count(0)
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    review(page)
    drawer.get_by_role("link", name=re.compile("^Fix: The organisation has no postal address")).click()
    expect(page.get_by_role("textbox", name="Postal address")).to_be_in_viewport()
    page.go_back()
    review(page)
    drawer.get_by_role("link", name=re.compile("mj-nonsense")).click()
    page.wait_for_url("**/templates/**")
    expect(page.get_by_role("textbox", name="Code")).to_be_visible()


def test_a_fix_that_a_role_may_not_make_names_who_can(visit: Visit, draft: Campaign) -> None:
    Organisation.objects.update(postal_address="")
    page = visit(address(draft), role=Role.MARKETER)
    review(page)
    grave = page.get_by_role("dialog", name="Review").get_by_role("region", name="Must fix")
    expect(grave).to_contain_text("An owner can fix it")
    expect(grave.get_by_role("link")).to_have_count(0)


def test_expectation_6_undo_provably_stops_delivery(visit: Visit, post_office: PostOffice, draft: Campaign) -> None:
    page = visit(address(draft))
    send(page)
    assert post_office.work() == []
    # The very last moment: its time has come, and no worker has taken it yet.
    Campaign.objects.update(starts_at=timezone.now())
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="nothing was sent")).to_be_visible()
    assert post_office.work() == []
    assert not DeliveryBatch.objects.exists()
    assert post_office.server.connections == 0
    # The same way does deliver once nobody undoes it, so the silence above proves something.
    send(page)
    Campaign.objects.update(starts_at=timezone.now())
    assert post_office.work() == ["reader@gmail.com"]


def test_expectation_6_the_undo_window_counts_down_and_the_page_follows_the_start(visit: Visit) -> None:
    subscribed()
    campaign = scheduled(undo_seconds=60)
    page = visit(address(campaign))
    counter = page.locator("[data-countdown]")
    before = int(counter.inner_text())
    expect(counter).not_to_have_text(str(before))
    Campaign.objects.update(starts_at=timezone.now())
    assert start_due() == [campaign.pk]
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=8000)


def test_expectation_8_a_later_campaign_is_unscheduled_in_words(visit: Visit) -> None:
    subscribed()
    campaign = scheduled()
    Campaign.objects.update(starts_at=timezone.now() + timedelta(days=2))
    page = visit(address(campaign))
    page.get_by_role("button", name="Unschedule").click()
    expect(page.get_by_role("status").filter(has_text="Unscheduled: nothing was sent.")).to_be_visible()
    expect(page.get_by_role("button", name="Review and send")).to_be_visible()
    page.goto(page.url.split("/campaigns")[0] + reverse("campaigns"))
    expect(page.get_by_role("row").filter(has_text="Autumn")).to_contain_text("Draft")


def test_a_held_campaign_waits_for_a_second_person_and_says_why(visit: Visit, draft: Campaign) -> None:
    Organisation.objects.update(approval_above=1)
    page = visit(address(draft), role=Role.MARKETER)
    send(page)
    subscribed()
    Campaign.objects.update(starts_at=timezone.now())
    assert start_due() == []
    expect(page.locator(".held")).to_contain_text("by now it would go to 2 people", timeout=8000)
    expect(page.get_by_text("It waits for a second person.")).to_be_visible()
    owner = visit(address(draft), role=Role.OWNER)
    owner.get_by_role("button", name="Approve").click()
    expect(owner.locator(".approval")).to_contain_text("Mira Lang approved it")
    review(owner)
    drawer = owner.get_by_role("dialog", name="Review")
    expect(drawer).to_contain_text("You approved it, so a colleague must send it.")
    expect(drawer.get_by_role("button", name=re.compile("^Send to"))).to_have_count(0)
