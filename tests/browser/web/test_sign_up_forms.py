"""A sign-up form from its builder to a stranger's site, and to the person who fills it in there without JavaScript."""

from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, expect

from subscribers.models import ConsentRecord, Contact, SignUpForm
from tests.browser.web.conftest import Visit
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import MailingListFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_form_is_built_put_on_a_site_and_filled_in_there(
    visit: Visit, browser: Browser, live_server: Any, settings: Any
) -> None:
    settings.BASE_URL = live_server.url
    cache.clear()
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")
    MailingListFactory.create(slug="news", name="The monthly roast")
    page = visit("/forms")
    page.get_by_role("link", name="New form").click()
    page.get_by_label("Title").fill("Letters")
    page.get_by_label("The monthly roast").check()
    page.get_by_label("What they agree to").fill("Yes, send me the letters.")
    page.get_by_label("First name").select_option("Ask, must be filled in")
    page.get_by_role("button", name="Make form").click()
    expect(page.get_by_role("heading", level=1, name="Letters")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Letters")).to_be_visible()
    code = page.locator("pre.embed").inner_text()

    stranger = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    stranger.route("http://shop.example/", lambda route: route.fulfill(content_type="text/html", body=code))
    stranger.goto("http://shop.example/")
    stranger.get_by_label("Email address").fill("dora@gmail.com")
    stranger.get_by_label("First name").fill("Dora")
    stranger.get_by_role("button", name="Sign up").click()
    expect(stranger.get_by_role("alert")).to_contain_text("Almost done.")
    expect(stranger.get_by_label("First name")).to_have_value("Dora")
    assert not Contact.objects.exists()
    stranger.wait_for_timeout(2100)  # faster than that looks like a robot
    stranger.get_by_role("button", name="Sign up").click()
    expect(stranger.get_by_role("heading", name="Please look into your inbox")).to_be_visible()
    said = ConsentRecord.objects.get()
    assert (said.action, said.wording) == ("requested", SignUpForm.objects.get().wording)
    assert said.source.endswith("embedded on http://shop.example")
    stranger.context.close()
