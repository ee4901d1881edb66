"""The subscriber's pages in a real browser: without JavaScript, legible, and fitting on a phone."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from deliverability.queries import tokens
from subscribers.models import ConsentRecord, Contact, Farewell, MailingList, SignUpForm
from subscribers.queries.tokens import sign_confirmation, sign_errand
from subscribers.services.errands import ask_for_data, ask_for_move
from subscribers.services.subscriptions import confirm_subscription, request_subscription, unsubscribe_all
from subscribers.types import ConsentAction, Origin, Purpose
from tests.browser.conftest import Open, keep_picture
from tests.browser.looks import every_look
from tests.config.test_locale import catalogue
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory, StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORIGIN = Origin(source="https://huila.example/s/journal", actor="the person")


@dataclass
class World:
    """An organisation with a form, and Alice in every situation that has a page of its own."""

    base: str
    form: SignUpForm
    alice: Contact
    lists: list[MailingList]
    mailing_id: int
    paths: dict[str, str] = field(default_factory=dict)

    def contact(self) -> Contact:
        return Contact.objects.get(pk=self.alice.pk)

    def url(self, page: str) -> str:
        return f"{self.base}{self.paths[page]}"


@pytest.fixture
def world(live_server: Any, settings: Any) -> World:
    settings.BASE_URL = live_server.url
    cache.clear()  # sign-ups that earlier tests were counted for
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")
    lists = [
        MailingListFactory.create(
            slug="journal", name="The Journal", description="Stories from the farms we buy from. Once a month."
        ),
        MailingListFactory.create(
            slug="offers", name="New roasts and offers", description="When something new is in the shop. About weekly."
        ),
        MailingListFactory.create(slug="events", name="Tastings in Berlin", description="Dates for our cuppings."),
    ]
    wording = ConsentWordingFactory.create()
    form = SignUpForm.objects.create(
        slug="journal",
        title="Letters about good coffee",
        introduction="What we learn on our travels, what is new in the roastery, and when you can taste it.",
        wording=wording,
    )
    form.lists.set(lists)
    alice = subscribed(lists[0], email="alice.fischer@gmail.com")
    world = World(live_server.url, form, alice, lists, MailingFactory.create().pk)
    _add_paths(world)
    return world


def _add_paths(world: World) -> None:
    token = tokens.sign(world.mailing_id, world.alice.pk)
    asked = request_subscription(
        email="ben@posteo.example", mailing_list_ids=[world.lists[0].pk, world.lists[1].pk],
        wording_id=world.form.wording_id, origin=ORIGIN,
    ).contact_id  # fmt: skip
    request_ids = list(ConsentRecord.objects.filter(contact_id=asked).values_list("pk", flat=True))
    left, paused = subscribed(world.lists[0], email="carla@gmail.com"), subscribed(world.lists[0], email="d@gmx.de")
    unsubscribe_all(contact_id=left.pk, origin=ORIGIN)
    Contact.objects.filter(pk=paused.pk).update(paused_until=timezone.now() + timedelta(days=30))
    world.paths = {
        "sign-up": reverse("sign-up", args=["journal"]),
        "sign-up-done": reverse("sign-up-done", args=["journal"]),
        "confirm": reverse(
            "confirm", args=[sign_confirmation(contact_id=asked, form_id=world.form.pk, request_ids=request_ids)]
        ),
        "preferences": reverse("preferences", args=[token]),
        "preferences-left": reverse("preferences", args=[tokens.sign(world.mailing_id, left.pk)]),
        "preferences-paused": reverse("preferences", args=[tokens.sign(world.mailing_id, paused.pk)]) + "?done=saved",
        "reconfirm": reverse("reconfirm", args=[token]),
        **_errands(world),
        "unsubscribe": reverse("one-click", args=[token]),
        "unknown": reverse("preferences", args=["x" * 24]),
        "closed": reverse("sign-up", args=["closed"]),
    }


def _errands(world: World) -> dict[str, str]:
    """The pages behind links to the mailbox itself."""
    alice, asked = world.alice.pk, {}
    ask_for_move(contact_id=alice, address="alice@posteo.example", origin=ORIGIN)
    for purpose in (Purpose.EXPORT, Purpose.ERASURE):
        ask_for_data(contact_id=alice, purpose=purpose, origin=ORIGIN)
    for entry in ConsentRecord.objects.filter(contact=alice, action=ConsentAction.REQUESTED):
        asked[entry.purpose] = sign_errand(contact_id=alice, entry_id=entry.pk)
        stop = sign_errand(contact_id=alice, entry_id=entry.pk, stops=True)
        asked.setdefault("stop", stop)
    return {f"errand-{name}": reverse("errand", args=[token]) for name, token in asked.items()}


def _confirmed(world: World, open_page: Open) -> None:
    asked = ConsentRecord.objects.filter(contact__email="ben@posteo.example", action=ConsentAction.REQUESTED)
    contact_id = asked[0].contact_id
    confirm_subscription(contact_id=contact_id, request_ids=[entry.pk for entry in asked], origin=ORIGIN)


@every_look
def test_every_page_is_accessible_and_fits(world: World, open_page: Open, theme: str, width: int) -> None:
    violations = {}
    for name in world.paths:
        page = open_page(world.url(name), width=width, theme=theme)
        violations[name] = _violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways"
        keep_picture(page, f"{name}-{width}-{theme}")
    _confirmed(world, open_page)
    page = open_page(world.url("confirm"), width=width, theme=theme)
    violations["confirmed"] = _violations(page)
    keep_picture(page, f"confirmed-{width}-{theme}")
    page = open_page(world.url("sign-up"), width=width, theme=theme)
    page.get_by_label("Email address").fill("alice at gmail.com")
    page.get_by_role("button", name="Sign up").click()
    violations["sign-up with errors"] = _violations(page)
    keep_picture(page, f"sign-up-errors-{width}-{theme}")
    assert {name: found for name, found in violations.items() if found} == {}


def test_a_life_without_javascript(world: World, open_page: Open) -> None:
    """Sign up, confirm, choose, pause, leave, come back: only by pressing what the page shows."""
    page = open_page(world.url("sign-up"), width=390, javascript=False)
    page.get_by_label("Email address").fill("dora@gmail.com")
    page.get_by_role("checkbox", name="The Journal").check()
    page.wait_for_timeout(2100)  # faster than that looks like a robot
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Please look into your inbox")).to_be_visible()
    dora = Contact.objects.get(email="dora@gmail.com")
    request_ids = list(ConsentRecord.objects.filter(contact=dora).values_list("pk", flat=True))
    token = sign_confirmation(contact_id=dora.pk, form_id=world.form.pk, request_ids=request_ids)
    page.goto(f"{world.base}/c/{token}")
    page.get_by_role("button", name="Confirm my subscription").click()
    page.get_by_role("link", name="Choose what you get").click()
    page.get_by_role("checkbox", name="Tastings in Berlin").check()
    page.get_by_label("may record which links I follow").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert _topics(dora) == {"journal", "events"}
    page.get_by_role("button", name="Pause for 30 days").click()
    page.get_by_role("button", name="End the break").click()
    page.get_by_role("button", name="Unsubscribe from all").click()
    expect(page.get_by_role("heading", name="You are unsubscribed from everything")).to_be_visible()
    assert _topics(dora) == set()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("checkbox", name="Tastings in Berlin")).to_be_checked()
    assert _topics(dora) == {"journal", "events"}


def _suspected(world: World, open_page: Open, email: str, *, javascript: bool) -> Page:
    """The page for whoever signs up in the middle of a flood."""
    cache.set(f"sign-up:form:{world.form.pk}", 500, 60)
    page = open_page(world.url("sign-up"), width=390, javascript=javascript)
    page.get_by_label("Email address").fill(email)
    page.get_by_label("The Journal").check()
    page.wait_for_timeout(2100)  # faster than that looks like a robot
    page.get_by_role("button", name="Sign up").click()
    return page


def test_a_suspicious_sign_up_is_worked_out_by_the_browser(world: World, open_page: Open) -> None:
    page = _suspected(world, open_page, "dora@gmail.com", javascript=True)
    expect(page.get_by_role("heading", name="Please look into your inbox")).to_be_visible(timeout=20_000)
    assert Contact.objects.filter(email="dora@gmail.com").exists()


def test_a_suspicious_sign_up_without_javascript_takes_a_moment(world: World, open_page: Open) -> None:
    page = _suspected(world, open_page, "dora@gmail.com", javascript=False)
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    page.get_by_role("button", name="Sign me up").click()
    expect(page.get_by_role("alert")).to_contain_text("a little too soon")
    with patch("subscribers.queries.tokens.PATIENCE", timedelta(0)):
        page.get_by_role("button", name="Sign me up").click()
        expect(page.get_by_role("heading", name="Please look into your inbox")).to_be_visible()
    assert Contact.objects.filter(email="dora@gmail.com").exists()


def test_the_unsubscribe_link_of_a_mail_takes_one_press_and_shows_the_way_back(world: World, open_page: Open) -> None:
    page = open_page(world.url("unsubscribe"), width=390, javascript=False, locale="fr-FR")
    assert _topics(world.alice) == {"journal"}
    page.get_by_role("button", name="Se désinscrire").click()
    expect(page.get_by_role("heading", name="Votre désinscription est complète")).to_be_visible()
    assert _topics(world.alice) == set()
    page.get_by_role("button", name="Annuler").click()
    assert _topics(world.alice) == {"journal"}


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_the_preference_center_speaks_and_works_without_javascript(
    world: World, open_page: Open, language: str
) -> None:
    """Choose the language by a link, keep it by a button, and go on in it: how often, a break, the way out and back."""
    page = open_page(world.url("preferences"), width=390, javascript=False, locale="pl-PL")
    own_name = dict(settings.LANGUAGES)[language]
    page.get_by_role("link", name=own_name).click()
    assert world.contact().locale == ""
    with translation.override(language):
        page.locator("#language").select_option(language)
        page.locator(".topic", has_text="The Journal").locator("select").select_option("weekly")
        page.get_by_role("button", name=gettext("Save"), exact=True).click()
        expect(page.get_by_role("status")).to_have_text(gettext("Saved."))
        assert (world.contact().locale, world.alice.subscriptions.get().frequency) == (language, "weekly")
        page.goto(world.url("preferences"))
        expect(page.get_by_role("heading", level=1)).to_have_text(gettext("Your email preferences"))
        assert _left_in_english(page, language) == []
        day = timezone.localdate() + timedelta(days=10)
        page.locator("#until").fill(day.isoformat())
        page.get_by_role("button", name=gettext("Pause until then")).click()
        assert world.contact().paused_until is not None
        page.get_by_role("button", name=gettext("End the break")).click()
        page.get_by_role("button", name=gettext("Unsubscribe from all")).click()
        page.get_by_label(gettext("Too many emails")).check()
        page.get_by_role("button", name=gettext("Tell us")).click()
        assert Farewell.objects.get(contact=world.alice).reason == "too_many"
        page.get_by_role("button", name=gettext("Undo"), exact=True).click()
        expect(page.get_by_role("status")).to_have_text(gettext("Undone: everything is as it was before."))
        assert _left_in_english(page, language) == []
        page.locator("summary").click()
        expect(page.get_by_text(gettext("You unsubscribed from everything"))).to_be_visible()


def _left_in_english(page: Page, language: str) -> list[str]:
    """Sentences of ours on the page that stand there in English."""
    shown = {line.strip() for line in page.inner_text("body").splitlines()}
    words = catalogue(settings.BASE_DIR / "config" / "locale", language) if language != "en" else {}
    return [english for english, own in words.items() if english and english in shown and own != english]


def test_the_keyboard_alone_reaches_and_shows_everything(world: World, open_page: Open) -> None:
    page = open_page(world.url("preferences"))
    reached = set()
    # A date takes several stops of its own.
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", page.evaluate("document.activeElement.outerHTML")
        size = page.evaluate(f"(({{width, height}}) => Math.min(width, height))({_TARGET})")
        assert size >= 24
        if page.evaluate("document.activeElement.textContent") == "Italiano":
            break
    controls = page.locator("input:not([type=hidden]), select, button, summary, a[href]")
    assert len(reached) == controls.locator("visible=true").count()


# A checkbox is pressed anywhere on its row.
_TARGET = "(document.activeElement.closest('label') ?? document.activeElement).getBoundingClientRect()"


def _topics(contact: Contact) -> set[str]:
    subscribed = contact.subscriptions.filter(state="subscribed")
    return set(subscribed.values_list("mailing_list__slug", flat=True))


def _violations(page: Page) -> list[str]:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    return [f"{found['id']}: {[node['html'] for node in found['nodes']]}" for found in results.response["violations"]]
