"""An import from the browser, from the file to its result."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.models import MailDomain
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.errors import ImportStopped
from subscribers.models import ConsentRecord, Contact, CustomField, ImportRun, MailingList, Subscription
from subscribers.queries.imports.preview import import_preview
from subscribers.queries.imports.runs import unfinished_uploads
from subscribers.services.imports import run_upload, running, start_upload
from tests.factories.subscribers import MailingListFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folders")]
FILE = (
    "E-Mail-Adresse;Vorname;Birthday;Abgemeldet\n"
    "ada@example.org;Ada;1990-03-31;\n"
    "not an address;Nobody;;\n"
    "linus@example.org;Linus;03/04/1969;\n"
    "tove@example.org;Tove;;ja\n"
)
STATEMENT = "Paper form at our stand, fair in Lyon, March 2026"


def upload(client: Client, text: str = FILE, name: str = "people.csv") -> Any:
    return client.post(reverse("import-new"), {"file": SimpleUploadedFile(name, text.encode())})


def uploaded(client: Client, text: str = FILE) -> ImportRun:
    upload(client, text)
    return ImportRun.objects.latest("pk")


def choices(run: ImportRun, **others: str) -> dict[str, str]:
    columns = {f"column-{index}": choice for index, choice in run.asked["columns"].items()}
    return {**columns, "list": "news", "new_list": "", "consent": STATEMENT, "basis": "express", **others}


def start(client: Client, run: ImportRun, **others: str) -> Any:
    return client.post(reverse("import-start", args=[run.pk]), choices(run, **others))


def test_the_first_rows_show_what_every_column_becomes_and_what_is_wrong(owner: Client) -> None:
    run = uploaded(owner)
    preview = import_preview(run)
    assert [column.choice for column in preview.columns] == ["email", "first_name", "ignore", "opt_out"]
    assert [(remark.row, remark.column, remark.value) for remark in preview.remarks] == [
        (3, "E-Mail-Adresse", "not an address")
    ]
    assert [(person.email, person.permission) for person in preview.people][-1] == ("tove@example.org", 2)
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    assert "It has no @" in page
    assert not Contact.objects.exists()


def test_the_preview_says_a_field_of_many_values_as_a_person_would_type_it(owner: Client) -> None:
    CustomField.objects.create(key="favourites", label="Favourites", kind="list")
    run = uploaded(owner, "email,Favourites\nada@example.org,Huila; Nariño\n")
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    assert "favourites: Huila; Nariño" in page


def test_choices_are_kept_as_they_are_made_and_the_preview_follows(owner: Client) -> None:
    run = uploaded(owner)
    save = reverse("import-save", args=[run.pk])
    answer = owner.post(save, {**choices(run), "column-2": "new:date", "consent": "Pap"}).content.decode()
    assert "03/04/1969" in answer
    assert "Birthday" in answer
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    assert '<option value="new:date" selected>' in page
    assert ">Pap</textarea>" in page
    assert not CustomField.objects.exists()


@pytest.mark.usefixtures("tasks_at_once")
def test_from_a_file_to_subscribed_people_and_a_list_of_rejects(owner: Client, folders: Path) -> None:
    MailingListFactory.create(slug="news")
    run = uploaded(owner)
    assert start(owner, run, **{"column-2": "new:date"}).url == reverse("import", args=[run.pk])
    run.refresh_from_db()
    assert (run.state, run.rows, run.subscribed, run.rejected, run.opted_out) == ("finished", 4, 2, 1, 1)
    assert CustomField.objects.get().kind == "date"
    assert Contact.objects.get(email="ada@example.org").attributes == {"birthday": "1990-03-31"}
    entry = ConsentRecord.objects.get(contact__email="ada@example.org")
    assert entry.source == f"Import of people.csv: {STATEMENT}"
    assert entry.actor == "Mira Lang"
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    assert "2 people are newly subscribed" in page
    rejects = owner.get(reverse("import-report", args=[run.pk, "rejects"]))
    assert "3,E-Mail-Adresse,not an address" in b"".join(rejects.streaming_content).decode()
    left_out = owner.get(reverse("import-report", args=[run.pk, "left-out"]))
    assert "03/04/1969" in b"".join(left_out.streaming_content).decode()
    # The upload holds people's data, and has done its work.
    assert run.upload == ""
    assert [path for path in (folders / "media").rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("tasks_at_once")
def test_the_result_names_fields_as_people_do_in_the_order_of_the_file(owner: Client) -> None:
    MailingListFactory.create(slug="news")
    CustomField.objects.create(key="brews_with", label="Brews with")
    run = uploaded(owner, "Brewer used,Mail,A\nV60,ada@gmail.com,Ada\n")
    start(owner, run, **{"column-0": "brews_with", "column-1": "email", "column-2": "first_name"})
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    pairs = ["Brewer used</dt><dd>Brews with", "Mail</dt><dd>E-mail address", "A</dt><dd>First name"]
    assert sorted(pairs, key=page.index) == pairs


@pytest.mark.usefixtures("tasks_at_once")
def test_a_new_list_is_made_on_the_way(owner: Client) -> None:
    start(owner, uploaded(owner), list="new", new_list="Fair in Lyon")
    assert Subscription.objects.filter(mailing_list=MailingList.objects.get(name="Fair in Lyon")).count() == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"consent": "We bought this list"}, "was bought, rented or collected"),
        ({"consent": ""}, "Nothing says how these people agreed"),
        ({"list": ""}, "Choose the list"),
        ({"list": "new"}, "Give the new list a name"),
        ({"column-0": "ignore"}, "No column is chosen for the e-mail address"),
        ({"column-2": "first_name"}, "Two columns are mapped"),
        ({"basis": "wish"}, "on what ground"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_starts(owner: Client, given: dict[str, str], words: str) -> None:
    MailingListFactory.create(slug="news")
    run = uploaded(owner)
    assert words in start(owner, run, **given).content.decode()
    run.refresh_from_db()
    assert run.state == "draft"


@pytest.mark.parametrize(("text", "words"), [("", "empty"), ("%PDF-1.7\n\x00\x01\x02", "PDF")])
def test_what_is_no_csv_is_refused_with_advice_and_not_kept(
    owner: Client, folders: Path, text: str, words: str
) -> None:
    page = upload(owner, text).content.decode()
    assert "This file was not taken" in page
    assert words in page
    assert not ImportRun.objects.exists()
    assert [path for path in (folders / "media").rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(owner: Client) -> None:
    answer = owner.post(reverse("import-new"), {}, headers={"Content-Length": "1000000000"})
    assert "500 MB is the most" in answer.content.decode()


def test_a_forged_upload_is_refused(owner: Client) -> None:
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies = owner.cookies
    assert upload(stranger).status_code == 403


@pytest.mark.usefixtures("tasks_at_once")
def test_an_import_that_broke_off_says_why_and_goes_on(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    MailingListFactory.create(slug="news")
    run = uploaded(owner)

    def stop(**_: object) -> None:
        raise ImportStopped("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(running, "import_contacts", stop)
        start(owner, run)
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    assert "The disk is full." in page
    owner.post(reverse("import-again", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.subscribed, run.error) == ("finished", 2, "")


def test_a_task_that_was_lost_is_found_and_running_twice_changes_nothing(owner: Client) -> None:
    MailingListFactory.create(slug="news")
    run = uploaded(owner)
    run.asked |= {"list": "news", "consent": STATEMENT, "basis": "express"}
    run.save()
    start_upload(actor=SENDWELL, run_id=run.pk)
    ImportRun.objects.update(started_at="2026-01-01T00:00Z")
    assert unfinished_uploads() == [run.pk]
    run_upload(run_id=run.pk)
    run_upload(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.subscribed) == ("finished", 2)
    assert ConsentRecord.objects.count() == 3
    assert unfinished_uploads() == []


def test_while_it_runs_the_page_asks_again_and_then_no_more(owner: Client) -> None:
    news = MailingListFactory.create(slug="news")
    run = ImportRun.objects.create(file_name="people.csv", mailing_list=news, state="running", upload="x/people.csv")
    url = reverse("import-progress", args=[run.pk])
    assert 'hx-trigger="every 2s"' in owner.get(url).content.decode()
    ImportRun.objects.update(state="finished")
    assert "hx-trigger" not in owner.get(url).content.decode()


def test_a_draft_can_be_discarded_and_a_finished_import_cannot(owner: Client, folders: Path) -> None:
    run = uploaded(owner)
    owner.post(reverse("import-discard", args=[run.pk]))
    assert not ImportRun.objects.exists()
    assert [path for path in (folders / "media").rglob("*") if path.is_file()] == []
    done = ImportRun.objects.create(file_name="old.csv", mailing_list=MailingListFactory.create(), state="finished")
    assert owner.post(reverse("import-discard", args=[done.pk])).status_code == 409
    assert ImportRun.objects.exists()


RISKY = (
    "Email,Unsubscribed\nada@example.org,\nada@gmial.com,\nbox@mailinator.com,\ninfo@example.org,\n"
    "gone@gmial.com,yes\nknown@example.org,\n"
)


@pytest.mark.usefixtures("tasks_at_once")
def test_risky_rows_are_shown_before_and_held_for_review_by_choice(owner: Client) -> None:
    MailingListFactory.create(slug="news")
    suppress(addresses=["known@example.org"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    run = uploaded(owner, RISKY)
    page = owner.get(reverse("import", args=[run.pk])).content.decode()
    assert "Addresses that look mistyped: 2" in page
    assert "Mailboxes for one use: 1" in page
    assert "Bounced, complained or left before, and get no mail: 1" in page
    assert "New to you: 100.0%" in page
    start(owner, run, hold_shown="1", hold="typo")
    run.refresh_from_db()
    assert run.state == ImportRun.State.FINISHED
    assert [(held.row, held.value, held.reason) for held in run.held_rows.all()] == [(3, "ada@gmial.com", "typo")]
    # Whoever said no has said it, however the address is spelt.
    assert (run.rejected, run.held, run.opted_out) == (0, 1, 1)
    assert Contact.objects.filter(email="box@mailinator.com").exists()


def test_dead_domains_are_counted_once_dns_has_spoken(owner: Client) -> None:
    run = uploaded(owner, "Email\na@gone.example\nb@gone.example\nc@gmail.com\n")
    assert MailDomain.objects.filter(domain="gone.example").exists()
    MailDomain.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert "At domains that take no mail: 2" in owner.get(reverse("import", args=[run.pk])).content.decode()


def test_another_column_of_addresses_is_assessed_anew(owner: Client) -> None:
    run = uploaded(owner, "Email,Second address\na@example.org,a@gmial.com\n")
    answer = owner.post(
        reverse("import-save", args=[run.pk]), {**choices(run), "column-0": "ignore", "column-1": "email"}
    )
    assert "Addresses that look mistyped: 1" in answer.content.decode()
