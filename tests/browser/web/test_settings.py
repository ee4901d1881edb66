"""Signing in and the settings in a real browser: readable by everybody, usable on a phone, under the strict policy."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.web.conftest import Visit, member, scrolls_sideways, small_targets, violations
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import StreamFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["profile", "organisation", "team", "team-new", "providers", "providers-new", "streams", "streams-new"]


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Email").fill("owner@huila.example")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_every_page_of_the_settings_is_accessible(visit: Visit, width: int, theme: str) -> None:
    OrganisationFactory.create()
    UserFactory.create(role="analyst", is_active=False)
    stream = StreamFactory.create(held_reason="The relay refused our password.")
    page = visit(reverse("settings-profile"), width=width, theme=theme)
    paths = [reverse(f"settings-{name}") for name in PAGES]
    paths += [
        reverse("settings-providers-one", args=[stream.provider_id]),
        reverse("settings-streams-one", args=[stream.pk]),
    ]
    for path in [*paths, reverse("mfa_index"), reverse("usersessions_list"), reverse("account_change_password")]:
        page.goto(page.url.partition("/settings")[0].partition("/account")[0] + path)
        assert (path, violations(page), small_targets(page)) == (path, [], [])
        assert not scrolls_sideways(page), path


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_the_pages_before_signing_in_are_accessible(visit: Visit, width: int, theme: str) -> None:
    for name in ["account_login", "account_signup", "account_reset_password"]:
        page = visit(reverse(name), role="", width=width, theme=theme)
        assert (name, violations(page), small_targets(page)) == (name, [], [])
        assert not scrolls_sideways(page), name


def test_a_member_signs_in_and_comes_where_they_were_going(visit: Visit) -> None:
    cache.clear()
    user = member("owner")
    user.set_password("a horse of nine colours")
    user.save()
    page = visit(reverse("settings-team"), role="")
    sign_in(page, "wrong")
    expect(page.get_by_text("not correct")).to_be_visible()
    sign_in(page, "a horse of nine colours")
    expect(page.get_by_role("heading", name="Team", level=1)).to_be_visible()
    page.goto(page.url.replace("/settings/team", reverse("mfa_activate_totp")))
    page.get_by_label("Password", exact=True).fill("a horse of nine colours")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("img.qr")).to_be_visible()
    assert violations(page) == []
