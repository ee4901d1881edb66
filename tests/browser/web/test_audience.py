"""Contacts, profiles, suppressions and imports as a marketer works with them."""

import csv
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from deliverability.services.events import append_events
from deliverability.services.suppression import lift, suppress
from deliverability.types import AgentKind, EventKind, NewEvent, Scope, SuppressionReason
from subscribers.models import Contact, CustomField, ImportRun, MailingList, SavedView, SignUpForm, Subscription
from subscribers.services.imports import run_upload
from subscribers.tasks import import_file
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.accounts import OrganisationFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentRecordFactory, MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = (
    "E-Mail-Adresse;Vorname;Lieblingskaffee;Abgemeldet\n"
    "ada@example.org;Ada;Huila;\n"
    "not an address;Nobody;;\n"
    "linus@example.org;Linus;Nariño;\n"
    "tove@example.org;Tove;;ja\n"
)
LONG = "aurelia.konstantinopoulou-featherstonehaugh.newsletter@subdomain.of.a.very.long.company.example"


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Imports that wait for a worker; the test is it, and says when."""
    waiting: list[int] = []
    monkeypatch.setattr(import_file, "delay", waiting.append)
    return waiting


@pytest.fixture
def news() -> MailingList:
    OrganisationFactory.create()
    return MailingListFactory.create(slug="news", name="The monthly roast")


@pytest.fixture
def places(news: MailingList, tmp_path: Path) -> dict[str, str]:
    """Every screen of the audience with something on it, by name."""
    contact = subscribed(news, email="ada@gmail.com", first_name="Ada", last_name="Okafor")
    form = SignUpForm.objects.create(
        slug="letters", title="Our letters", wording=ConsentRecordFactory.create(contact=contact).wording
    )
    form.lists.add(news)
    got_mail(contact)
    far = subscribed(news, email=LONG, first_name="Aurelia", last_name="Featherstonehaugh")
    hold_some(news)
    Subscription.objects.filter(contact=far).update(consent_expires_at=timezone.now() + timedelta(days=20))
    done, running = imports_of(news, tmp_path)
    return {
        "contacts": reverse("contacts"),
        "contacts-filtered": reverse("contacts") + "?provider=google&paused=yes",
        "contact-new": reverse("contact-new"),
        "contact": reverse("contact", args=[contact.pk]),
        "contact-edit": reverse("contact-edit", args=[contact.pk]),
        "contact-long": reverse("contact", args=[far.pk]),
        "lists": reverse("lists"),
        "list": reverse("list", args=[news.pk]),
        "consent": reverse("consent"),
        "consent-ending": reverse("consent-ending", args=[news.pk]),
        "permission": reverse("settings-permission"),
        "forms": reverse("forms"),
        "form": reverse("form", args=[form.pk]),
        "form-new": reverse("form-new"),
        "form-language": reverse("form-language", args=[form.pk, "de"]),
        "suppressions": reverse("suppressions"),
        "suppressions-new": reverse("suppressions-new"),
        "suppressions-over": f"{reverse('suppressions')}?state=all",
        "suppressions-import": reverse("suppressions-import"),
        "suppressions-policy": reverse("suppressions-policy"),
        "imports": reverse("imports"),
        "import-new": reverse("import-new"),
        "import-finished": reverse("import", args=[done.pk]),
        "import-queued": reverse("import", args=[running.pk]),
    }


def got_mail(contact: Contact) -> None:
    """A mail that was accepted and clicked."""
    campaign = CampaignFactory.create(name="Winter coffees")
    mailing = MailingFactory.create(composer="campaign", reference=str(campaign.pk), links=["https://huila.example"])
    now, whom = timezone.now(), (mailing.pk, contact.pk, "google")
    append_events(
        [
            NewEvent(now, EventKind.ACCEPTED, *whom, code=250, detail="2.0.0 queued"),
            NewEvent(now, EventKind.CLICKED, *whom, link=0, agent_kind=AgentKind.HUMAN),
        ]
    )


def hold_some(news: MailingList) -> None:
    """Suppressions of every look: by hand and by a bounce, for a list and for all, that end and that were lifted."""
    manual = SuppressionReason.MANUAL
    suppress(addresses=[LONG], scope=Scope.TOPIC, target=news.pk, reason=manual, evidence="Only the shop")
    suppress(addresses=[LONG], scope=Scope.MARKETING, reason=manual, added_by="Mira Lang")
    lift(address=LONG, scope=Scope.MARKETING, reason=manual, by="Mira Lang", why="She wrote to us")
    for name, scope, reason, evidence, days in (
        ("full", Scope.MARKETING, SuppressionReason.SOFT_BOUNCE, "452 4.2.2 full", 9),
        ("bounced", Scope.EVERYTHING, SuppressionReason.HARD_BOUNCE, "550 no", None),
    ):
        until = timezone.now() + timedelta(days=days) if days else None
        suppress(addresses=[f"{name}@gmail.com"], scope=scope, reason=reason, evidence=evidence, expires_at=until)


def imports_of(news: MailingList, folder: Path) -> tuple[ImportRun, ImportRun]:
    """One that is finished, with a rejected row, and one that waits for a worker."""
    rejects = folder / "1-rejects.csv"
    rejects.write_text("row,column,value,reason\n3,Email,x,It has no @.\n", encoding="utf-8-sig")
    done = ImportRun.objects.create(
        file_name="people.csv",
        mailing_list=news,
        consent_source="Fair in Lyon",
        basis="express",
        state="finished",
        rows=5,
        created=3,
        subscribed=3,
        rejected=1,
        rejects_path=str(rejects),
        finished_at=timezone.now(),
        mapping={"Email": "email"},
    )
    return done, ImportRun.objects.create(file_name="more.csv", mailing_list=news, state="queued", upload="x/more.csv")


@every_look
def test_screens_are_accessible_and_fit(visit: Visit, places: dict[str, str], width: int, theme: str) -> None:
    page = visit(width=width, theme=theme)
    base = page.url.rstrip("/")
    for name, path in places.items():
        page.goto(base + path)
        assert violations(page) == [], name
        assert not scrolls_sideways(page), name
        assert small_targets(page) == [], name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_are_accessible(visit: Visit, places: dict[str, str], theme: str) -> None:
    page = visit(places["contacts-filtered"], theme=theme)
    base = page.url.partition("/contacts")[0]
    openers = {
        "contacts-filtered": ["Columns", "Save this view"],
        "contact": ["Pause", "Suppress", "Unsubscribe from everything…", "Unsubscribe from The monthly roast"],
        "suppressions": ["Lift the suppression of bounced@gmail.com: Bounced"],
    }
    for name, labels in openers.items():
        page.goto(base + places[name])
        for label in labels:
            page.get_by_role("button", name=label, exact=True).click()
            expect(page.locator("dialog[open]")).to_be_visible()
            assert violations(page) == [], label
            page.keyboard.press("Escape")
            expect(page.locator("dialog[open]")).to_have_count(0)


def test_columns_and_saved_views_by_mouse(visit: Visit, places: dict[str, str]) -> None:
    CustomField.objects.create(key="coffee", label="Favourite coffee")
    page = visit(places["contacts"])
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Favourite coffee").check()
    page.get_by_label("Last active").uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Favourite coffee")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Last active")).to_have_count(0)
    page.locator("summary", has_text="Filters").click()
    page.locator("select[name=provider]").select_option("google")
    expect(page).to_have_url(page.url.partition("?")[0] + "?provider=google")
    page.get_by_role("button", name="Save this view").click()
    page.locator("dialog[open]").get_by_label("Name").fill("On Gmail")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("heading", name="On Gmail")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Favourite coffee")).to_be_visible()
    assert SavedView.objects.get().query == "provider=google"
    page.get_by_placeholder("Beginning of an address or name").fill("oka")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="ada@gmail.com")).to_be_visible()


def test_a_profile_answers_why_and_lets_the_team_act(visit: Visit, places: dict[str, str]) -> None:
    page = visit(places["contact"])
    expect(page.locator(".happened")).to_contain_text("Clicked in Winter coffees")
    page.get_by_role("button", name="Suppress", exact=True).click()
    page.locator("dialog[open]").get_by_label("Why").fill("Asked on the phone")
    page.locator("dialog[open]").get_by_role("button", name="Suppress").click()
    expect(page.locator(".note.bad")).to_contain_text("marketing mail is held back")
    page.get_by_role("button", name="Lift it…").click()
    page.locator("dialog[open]").get_by_label("Why").fill("It was her sister")
    page.get_by_role("button", name="Lift it", exact=True).click()
    expect(page.locator(".note.bad")).to_have_count(0)
    page.get_by_role("link", name="Why?").first.click()
    expect(page.get_by_role("heading", name="Did somebody get it?")).to_be_visible()


def test_expectation_17_an_import_shows_its_mapping_and_names_row_column_and_value_of_every_error(
    visit: Visit, news: MailingList, workers: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(FILE, encoding="utf-8")
    page = visit(reverse("imports"))
    page.get_by_role("link", name="Import contacts").first.click()
    page.locator("#file").set_input_files(str(file))
    expect(page.locator("#upload-name")).to_contain_text("people.csv")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="people.csv")).to_be_visible()
    expect(page.get_by_label("What E-Mail-Adresse becomes")).to_have_value("email")
    expect(page.get_by_label("What Abgemeldet becomes")).to_have_value("opt_out")
    error = page.locator(".remarks tbody tr")
    expect(error).to_contain_text("3")
    expect(error).to_contain_text("E-Mail-Adresse")
    expect(error).to_contain_text("not an address")
    page.get_by_label("What Lieblingskaffee becomes").select_option("new:text")
    expect(page.locator("#preview")).to_contain_text("lieblingskaffee: Nariño")
    expect(page.locator("#saved")).to_have_text("Saved just now")
    assert violations(page) == []

    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("alert").first).to_contain_text("Not started yet")
    expect(page.get_by_label("What Lieblingskaffee becomes")).to_have_value("new:text")
    page.get_by_label("Subscribe them to").select_option("news")
    page.get_by_label("Statement of consent").fill("We bought this list from a friend")
    page.get_by_role("button", name="Start the import").click()
    expect(page.locator("#consent-error")).to_contain_text("This list was bought")
    page.get_by_label("Statement of consent").fill("Paper form at our stand, fair in Lyon, March 2026")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_label("Progress")).to_contain_text("Starts in a moment")
    run_upload(run_id=workers[0])
    expect(page.locator(".note.ok")).to_contain_text("2 people are newly subscribed to “The monthly roast”")
    expect(page.locator(".remarks tbody tr")).to_contain_text("not an address")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download: Rows that were rejected").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as rejects:
        (rejected,) = csv.DictReader(rejects)
    assert (rejected["row"], rejected["column"], rejected["value"]) == ("3", "E-Mail-Adresse", "not an address")
    assert Subscription.objects.filter(state="subscribed").count() == 2


def test_leaving_an_import_in_the_middle_loses_nothing(visit: Visit, news: MailingList, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(FILE, encoding="utf-8")
    page = visit(reverse("import-new"))
    page.locator("#file").set_input_files(str(file))
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Subscribe them to").select_option("new")
    page.get_by_label("Name of the new list").fill("Fair in Lyon")
    page.get_by_label("Statement of consent").fill("Paper form, Lyon")
    expect(page.locator("#saved")).to_have_text("Saved just now")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Imports").click()
    expect(page.get_by_text("Not started")).to_be_visible()
    page.get_by_role("link", name="people.csv").click()
    expect(page.get_by_label("Name of the new list")).to_have_value("Fair in Lyon")
    expect(page.get_by_label("Statement of consent")).to_have_value("Paper form, Lyon")


def test_leaving_in_mid_word_saves_what_was_typed(visit: Visit, news: MailingList, tmp_path: Path) -> None:
    """Before the pause in typing after which the page saves by itself."""
    file = tmp_path / "people.csv"
    file.write_text(FILE, encoding="utf-8")
    page = visit(reverse("import-new"))
    page.locator("#file").set_input_files(str(file))
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Statement of consent").press_sequentially("Paper form, Ly", delay=5)
    expect(page.locator("#saved")).to_have_text("Saving…")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="people.csv").click()
    expect(page.get_by_label("Statement of consent")).to_have_value("Paper form, Ly")


def test_starting_an_import_saves_everything_and_nothing_after_it(
    visit: Visit, news: MailingList, workers: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(FILE, encoding="utf-8")
    page = visit(reverse("import-new"))
    page.locator("#file").set_input_files(str(file))
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Subscribe them to").select_option("news")
    expect(page.locator("#saved")).to_have_text("Saved just now")
    # A start that takes its time, as on a busy server.
    page.route("**/start", lambda route: (time.sleep(0.6), route.continue_()))
    page.get_by_label("Statement of consent").fill("Paper form, Lyon")
    saves: list[str] = []
    page.on("request", lambda request: saves.append(request.url) if request.url.endswith("/save") else None)
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Starts in a moment")).to_be_visible()
    assert saves == []
    assert ImportRun.objects.get().asked["consent"] == "Paper form, Lyon"


def test_a_file_that_is_no_csv_is_refused_in_place(visit: Visit, news: MailingList, tmp_path: Path) -> None:
    visit.allow.append("status of 422")  # type: ignore[attr-defined]
    file = tmp_path / "people.xlsx"
    file.write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 50)
    page = visit(reverse("import-new"))
    page.locator("#file").set_input_files(str(file))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was imported")
    expect(page.get_by_role("button", name="Upload")).to_be_enabled()
