"""Signing in and the settings in a real browser: readable by everybody, usable on a phone, under the strict policy."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services.audit import record
from accounts.services.invitations import invite
from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability.models import RouteStep
from deliverability.services.health import hear_of
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, member, scrolls_sideways, small_targets, violations
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a horse of nine colours"
PAGES = ["profile", "organisation", "team", "team-new", "providers", "providers-new", "streams", "streams-new", "audit"]


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill("owner@huila.example")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def confirm(page: Page) -> None:
    """Whoever changes how they sign in says the password once more: the browser may stand open."""
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


@every_look
def test_every_page_of_the_settings_is_accessible(visit: Visit, width: int, theme: str) -> None:
    OrganisationFactory.create()
    UserFactory.create(role="analyst", is_active=False)
    stream = StreamFactory.create(held_reason="The relay refused our password.")
    second = ProviderFactory.create(name="Second relay")
    for provider in (stream.provider, second):
        RouteStep.objects.create(stream=stream, provider=provider)
    hear_of(provider_id=second.pk, failures=3, why="The mail server cannot be reached: Connection refused")
    invite(actor=member("owner"), email="kim@huila.example", role=Role.ANALYST)
    record(actor=SENDWELL, text="Did something about the team.")
    page = visit(reverse("settings-profile"), width=width, theme=theme)
    paths = [reverse(f"settings-{name}") for name in PAGES]
    paths += [
        reverse("settings-providers-one", args=[stream.provider_id]),
        reverse("settings-providers-one", args=[second.pk]),
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
    with_password(member("owner"))
    page = visit(reverse("settings-team"), role="")
    sign_in(page, "wrong")
    expect(page.get_by_text("Address or password is wrong")).to_be_visible()
    sign_in(page, PASSWORD)
    expect(page.get_by_role("heading", name="Team", level=1)).to_be_visible()


def test_a_second_factor_is_set_up_and_asked_for(visit: Visit) -> None:
    user = with_password(member("owner"))
    page = visit(reverse("mfa_index"), role="")
    sign_in(page, PASSWORD)
    page.get_by_role("link", name="Activate").click()
    confirm(page)
    expect(page.locator("img.qr")).to_be_visible()
    assert (violations(page), small_targets(page)) == ([], [])
    secret = page.get_by_label("Or type this into the app").input_value()
    page.get_by_label("Six digits from the app").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    # Whoever sets a second factor up gets recovery codes at once, for the day the phone is gone.
    expect(page.get_by_text("recovery codes").first).to_be_visible()
    assert Authenticator.objects.filter(user=user).count() == 2
    again = visit(reverse("home"), role="")
    sign_in(again, PASSWORD)
    expect(again.get_by_role("heading", name="Second factor")).to_be_visible()
    assert (violations(again), small_targets(again), scrolls_sideways(again)) == ([], [], False)
    # A code works once; by now an app would show the next one.
    cache.clear()
    again.locator("input[name=code]").fill(code_of(secret))
    again.get_by_role("button", name="Sign in", exact=False).first.click()
    expect(again.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_security_key_is_added_and_lets_its_owner_in(visit: Visit) -> None:
    """WebAuthn needs allauth's own scripts, which must run under our policy."""
    with_password(member("owner"))
    page = visit(reverse("mfa_index"), role="")
    sign_in(page, PASSWORD)
    plug_in_a_key(page)
    page.goto(page.url.replace(reverse("mfa_index"), reverse("mfa_add_webauthn")))
    confirm(page)
    page.get_by_label("Name").fill("The blue one")
    assert (violations(page), small_targets(page)) == ([], [])
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("recovery codes").first).to_be_visible()
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    page.goto(page.url.partition("/account")[0] + reverse("mfa_list_webauthn"))
    expect(page.get_by_role("cell", name="The blue one", exact=True)).to_be_visible()
    assert (violations(page), small_targets(page), scrolls_sideways(page)) == ([], [], False)
    page.goto(page.url.partition("/account")[0] + reverse("settings-profile"))
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, PASSWORD)
    page.get_by_role("button", name="With a security key").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_colleague_joins_by_invitation(visit: Visit, width: int, theme: str) -> None:
    OrganisationFactory.create()
    _, token = invite(actor=member("owner"), email="kim@huila.example", role=Role.MARKETER)
    page = visit(reverse("invitation-accept", args=[token]), role="", width=width, theme=theme)
    assert (violations(page), small_targets(page), scrolls_sideways(page)) == ([], [], False)
    page.get_by_label("First name").fill("Kim")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("too common")).to_be_visible()
    page.get_by_label("Password").fill("nine new horses")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Welcome, Kim.")).to_be_visible()
    visit.allow.append("410")  # type: ignore[attr-defined]
    late = visit(reverse("invitation-accept", args=[token]), role="", width=width, theme=theme)
    expect(late.get_by_role("heading", name="This invitation is gone")).to_be_visible()
    assert (violations(late), scrolls_sideways(late)) == ([], False)


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_an_empty_installation_is_set_up_step_by_step(visit: Visit, width: int, theme: str) -> None:
    page = visit("/", role="", width=width, theme=theme)

    def look() -> None:
        assert (violations(page), small_targets(page), scrolls_sideways(page)) == ([], [], False)

    expect(page.get_by_role("heading", name="Welcome to Sendwell")).to_be_visible()
    look()
    page.get_by_label("First name").fill("Mira")
    page.get_by_label("Your e-mail address").fill("mira@huila.example")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Who sends?")).to_be_visible()
    look()
    page.get_by_label("Name").fill("Huila & Sons")
    page.get_by_label("Postal address").fill("Torstr. 1, Berlin")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="How does your mail leave?")).to_be_visible()
    look()
    with SmtpServer() as server:
        page.get_by_label("Your mail comes from").fill("news@huila.example")
        page.get_by_label("Host").fill("127.0.0.1")
        page.get_by_label("Port").fill(str(server.port))
        page.get_by_label("Encryption").select_option("none")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name="Does it arrive?")).to_be_visible()
        look()
        page.get_by_role("button", name="Send me one").click()
        expect(page.get_by_text("It works")).to_be_visible()
        page.get_by_text("The whole conversation").click()
        look()
    assert server.messages[0].rcpt == ["mira@huila.example"]
    page.get_by_role("link", name="Open Sendwell").click()
    expect(page.get_by_role("heading", name="To your first campaign")).to_be_visible()


def test_a_brand_colour_is_judged_while_it_is_chosen(visit: Visit) -> None:
    OrganisationFactory.create()
    page = visit(reverse("settings-organisation"))
    page.get_by_label("Brand colour").fill("#ffee00")
    expect(page.get_by_text("with black words, which read better on it")).to_be_visible()
    assert violations(page) == []


def with_password(user: User) -> User:
    cache.clear()
    user.set_password(PASSWORD)
    user.save()
    return user


def code_of(secret: str) -> str:
    """What an authenticator app shows at this moment."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


def plug_in_a_key(page: Page) -> None:
    """Chromium's own virtual authenticator, which touches itself."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
