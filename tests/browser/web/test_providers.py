"""The screens of providers in a real browser: choosing one, its fields, a trial, and its webhooks."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.services import secrets
from deliverability.rules.provider_kinds import esp_kind
from tests.browser.conftest import keep_picture
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.esp_server import EspServer
from tests.factories.deliverability import EspFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_the_screens_of_an_esp_are_accessible(visit: Visit, width: int, theme: str) -> None:
    kept = secrets.encrypt(json.dumps({"server_token": "a-server-token", "hook_password": "ada:b"}))
    with EspServer("postmark") as server:
        provider = EspFactory.create(kind="postmark", secrets_encrypted=kept, options={"api_url": server.url})
        url = reverse("webhook", args=["postmark", provider.hook_token])
        Client().post(url, "{}", "application/json")
        page = visit(reverse("settings-providers-new"), width=width, theme=theme)
        root = page.url.partition("/settings")[0]
        for name, path in {
            "kinds": reverse("settings-providers-new"),
            "new-ses": reverse("settings-providers-new") + "?kind=amazon_ses",
            "one": reverse("settings-providers-one", args=[provider.pk]),
        }.items():
            page.goto(root + path)
            assert (name, violations(page), small_targets(page)) == (name, [], [])
            assert not scrolls_sideways(page), name
            keep_picture(page, f"provider-{name}-{width}-{theme}")
        page.get_by_role("button", name="Send me one").click()
        expect(page.get_by_text("It works")).to_be_visible()
        page.get_by_text("The whole conversation").click()
        assert (violations(page), scrolls_sideways(page)) == ([], False)
        keep_picture(page, f"provider-trial-{width}-{theme}")


def test_an_esp_is_chosen_and_set_up(visit: Visit) -> None:
    page = visit(reverse("settings-providers"))
    page.get_by_role("main").get_by_role("link", name="Add a provider").first.click()
    page.get_by_role("link", name="Mailgun").click()
    kind = esp_kind("mailgun")
    assert kind is not None
    expect(page.get_by_text(kind.where)).to_be_visible()
    page.get_by_label("Sending key").fill("key-1")
    page.get_by_label("Sending domain").fill("mg.huila.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Every webhook is refused for now")).to_be_visible()
    page.get_by_label("HTTP webhook signing key").fill("signing-1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No webhook has come in yet.")).to_be_visible()
    expect(page.get_by_text("Every webhook is refused for now")).to_have_count(0)
