"""An import that is paused, goes on, is reviewed and undone, as a person does it; `workers` is the worker."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.services.permission import SENDWELL
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Contact, HeldRow, ImportRun, MailingList, Subscription
from subscribers.services.imports import (
    ImportOrder,
    choose,
    import_contacts,
    importing,
    pause_import,
    receive_upload,
    run_upload,
    running,
    start_upload,
)
from subscribers.services.imports import undo_import as undo
from subscribers.tasks import import_file, undo_import
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.accounts import OrganisationFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = (
    "Email,First name,Last open,Unsubscribed\n"
    + "".join(f"person{number}@example.org,Person {number},2026-11-{number + 1:02},\n" for number in range(8))
    + "left@example.org,Lea,,yes\n"
    + "ada@gmial.com,Ada,,\nmaximiliane.featherstonehaugh@gnail.com,Maximiliane,,\n"
    + "box@mailinator.com,Box,,\nbounced@example.com,Ben,,\n"
)


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path
    monkeypatch.setattr(importing, "CHUNK", 3)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Imports and undoings that wait for a worker; the test is it, and says when."""
    waiting: list[int] = []
    monkeypatch.setattr(import_file, "delay", waiting.append)
    monkeypatch.setattr(undo_import, "delay", waiting.append)
    return waiting


@pytest.fixture
def run() -> ImportRun:
    """A file that waits for a worker; one person of it is known by another name, one address has bounced."""
    OrganisationFactory.create()
    news: MailingList = MailingListFactory.create(slug="news", name="The monthly roast")
    ContactFactory.create(email="person0@example.org", first_name="Zoe")
    suppress(addresses=["bounced@example.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    run = receive_upload(actor=SENDWELL, file_name="people.csv", blocks=[FILE.encode()])
    choices = {"list": news.slug, "consent": "Paper form, fair in Lyon, March 2026", "basis": "express"}
    choose(actor=SENDWELL, run_id=run.pk, choices=choices)
    return start_upload(actor=SENDWELL, run_id=run.pk)


def is_fine(page: Page) -> None:
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_an_import_is_paused_goes_on_is_reviewed_and_undone(
    visit: Visit, run: ImportRun, workers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(reverse("import", args=[run.pk]))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Nobody was added yet")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Starts in a moment")).to_be_visible()
    _run_until_paused(run, monkeypatch)
    expect(page.get_by_text("goes on exactly where it stopped")).to_be_visible()
    stopped = Contact.objects.count()
    assert 1 < stopped < 10
    page.get_by_role("button", name="Go on").click()
    run_upload(run_id=workers[-1])
    expect(page.locator(".note.ok")).to_contain_text("8 people are newly subscribed")
    expect(page.get_by_text("were engaged in the last 90 days")).to_be_visible()

    page.get_by_role("link", name="Review 4 rows").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("ada@gmail.com")
    page.get_by_label("Row 11, ada@gmial.com").check()
    page.get_by_role("button", name="Accept the suggestion").first.click()
    expect(page.get_by_text("1 row was imported, and 1 newly subscribed.")).to_be_visible()
    page.get_by_role("link", name="Mailboxes for one use").click()
    expect(page.get_by_role("button", name="Import as it stands")).to_have_count(0)
    page.get_by_role("button", name="Reject").last.click()
    expect(page.get_by_text("1 row was rejected.")).to_be_visible()
    assert HeldRow.objects.get(value="box@mailinator.com").state == "rejected"
    assert Subscription.objects.get(contact__email="ada@gmail.com").state == "subscribed"

    page.goto(page.url.replace(reverse("import-review", args=[run.pk]), reverse("import", args=[run.pk])))
    page.get_by_role("link", name="Undo this import…").click()
    expect(page.locator(".undo li").first).to_contain_text("8")
    expect(page.get_by_text("a no is never undone")).to_be_visible()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("Being undone").first).to_be_visible()
    undo(run_id=workers[-1])
    expect(page.get_by_text("This import was undone")).to_be_visible()
    assert list(Contact.objects.order_by("email").values_list("email", "first_name")) == [
        ("left@example.org", "Lea"),
        ("person0@example.org", "Zoe"),
    ]
    assert Subscription.objects.get().state == "unsubscribed"


def _run_until_paused(run: ImportRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def watched(*, order: ImportOrder, progress: Any) -> Any:
        def told(phase: str, done: int, total: int) -> None:
            progress(phase, done, total)
            if (phase, done) == ("writing", 6):
                pause_import(actor=SENDWELL, run_id=run.pk)

        return import_contacts(order=order, progress=told)

    with monkeypatch.context() as patch:
        patch.setattr(running, "import_contacts", watched)
        run_upload(run_id=run.pk)


@every_look
def test_screens_of_an_import_are_accessible_and_fit(
    visit: Visit, run: ImportRun, workers: list[int], width: int, theme: str
) -> None:
    running._Watcher(run.pk, clock=iter([0.0, 4.0]).__next__)("writing", 0, 1_000_000)
    watcher = running._Watcher(run.pk, clock=iter([0.0, 4.0]).__next__)
    watcher("writing", 200_000, 1_000_000)
    watcher("writing", 290_000, 1_000_000)
    page = visit(reverse("import", args=[run.pk]), width=width, theme=theme)
    expect(page.get_by_text("22,500 people a second")).to_be_visible()
    expect(page.get_by_text("about 30 seconds left")).to_be_visible()
    is_fine(page)
    pause_import(actor=SENDWELL, run_id=run.pk)
    page.reload()
    is_fine(page)
    ImportRun.objects.update(state="queued")
    run_upload(run_id=run.pk)
    for name in ("import", "import-review", "import-undo"):
        page.goto(page.url.split("/imports/")[0] + reverse(name, args=[run.pk]))
        is_fine(page)
