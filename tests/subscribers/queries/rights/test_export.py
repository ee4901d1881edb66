"""An export holds everything that we hold about a person, and nothing of anybody else."""

import csv
import json
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent
from subscribers.models import Contact, ContactChange, HeldRow, ImportRun
from subscribers.queries.rights.export import everything_about, sections_about
from subscribers.queries.rights.export_files import export_json, export_zip
from subscribers.services.merging import merge_contacts
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ContactFactory, subscribed
from tests.subscribers.services.rights.lives import ADDRESS, CONTACT_ID, IP, NAME, lived

pytestmark = pytest.mark.django_db


def test_everything_is_told() -> None:
    lived()
    subscribed(email="other@example.org", first_name="Bob")
    told = everything_about(CONTACT_ID)

    assert {name: len(rows) for name, rows in told.items()} == {
        "profile": 1,
        "custom_fields": 2,
        "lists": 2,
        "consent": 5,
        "mail_events": 4,
        "mail_summary": 1,
        "activities": 1,
        "activity_totals": 1,
        "suppressions": 2,
        "other_addresses": 1,
        "identifiers": 1,
        "score": 1,
        "merges": 1,
        "changes": 1,
        "rows_held": 1,
        "sign_ups_waiting": 1,
        "silence": 1,
        "farewells": 1,
        "requests": 1,
        "left_out": 1,
    }
    [profile] = told["profile"]
    assert (profile["email"], profile["first_name"], profile["tracks_opens"]) == (ADDRESS, NAME, True)
    assert {"key": "city", "label": "City", "value": f"{NAME}ville"} in told["custom_fields"]
    assert {"key": "old", "label": "", "value": 1} in told["custom_fields"]
    tracking = next(entry for entry in told["consent"] if entry["purpose"] == "open_tracking")
    assert (tracking["words"], tracking["ip_address"]) == (
        "Yes, send me the newsletter of Huila & Sons by e-mail. I can leave at any time.",
        IP,
    )
    click = next(event for event in told["mail_events"] if event["what"] == "clicked")
    assert (click["mailing"], click["link"], click["ip_address"]) == ("Autumn", "https://huila.example/autumn", IP)
    assert told["left_out"][0]["reason"] == "paused"
    assert "other@example.org" not in json.dumps(told, default=str)


def test_every_section_says_its_keys() -> None:
    lived()
    for section in sections_about(CONTACT_ID):
        rows = list(section.rows())
        assert rows, section.name
        assert {tuple(row) for row in rows} == {section.columns}, section.name


def test_the_archive_holds_the_same_twice() -> None:
    OrganisationFactory.create()
    lived()
    told = everything_about(CONTACT_ID)
    with ZipFile(BytesIO(b"".join(export_zip(CONTACT_ID)))) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        everything = json.loads(archive.read("everything.json"))
        events = list(csv.DictReader(StringIO(archive.read("mail_events.csv").decode("utf-8-sig"))))
        readme = archive.read("README.txt").decode()
    assert names == {"README.txt", "everything.json", *(f"{name}.csv" for name in told)}
    assert everything == json.loads("".join(export_json(CONTACT_ID)))
    assert everything["activities"][0]["value"] == "12.5000"
    assert [event["what"] for event in events] == [event["what"] for event in everything["mail_events"]]
    assert "Torstraße 1" in readme
    assert "consent.csv" in readme


def test_a_spreadsheet_runs_nothing_of_it() -> None:
    OrganisationFactory.create()
    contact = ContactFactory.create(first_name="=HYPERLINK(1)")
    with ZipFile(BytesIO(b"".join(export_zip(contact.pk)))) as archive:
        [row] = csv.DictReader(StringIO(archive.read("profile.csv").decode("utf-8-sig")))
    assert row["first_name"] == "'=HYPERLINK(1)"


def test_events_come_piece_by_piece() -> None:
    """A cursor of the server: the first rows are there before the last are read."""
    contact = ContactFactory.create()
    mailing = MailingFactory.create()
    now = timezone.now()
    append_events([NewEvent(now, EventKind.OPENED, mailing.pk, contact.pk, "google") for _ in range(1_200)])
    section = next(each for each in sections_about(contact.pk) if each.name == "mail_events")
    rows = section.rows()
    assert next(rows)["what"] == "opened"
    assert sum(1 for _ in rows) == 1_199


def test_nobody_is_told_of_somebody_unknown() -> None:
    with pytest.raises(Contact.DoesNotExist):
        everything_about(1)


def test_what_hangs_on_a_merged_contact_is_told_too() -> None:
    kept, merged = (
        subscribed(email="ann@example.com"),
        ContactFactory.create(email="ann@old.example", attributes={"tier": "gold"}),
    )
    ContactChange.objects.create(contact=merged, changed_by="Mira", parts=["country"])
    run = ImportRun.objects.create(file_name="people.csv")
    HeldRow.objects.create(
        run=run,
        row=2,
        reason="typo",
        column="email",
        value="ann@old.example",
        email="ann@old.example",
        address_key=merged.address_key,
    )
    merge_contacts(keep_id=kept.pk, merge_id=merged.pk, actor=SENDWELL)
    told = everything_about(kept.pk)
    assert "gold" in {row["value"] for row in told["custom_fields"]}
    assert ["country"] in [row["parts"] for row in told["changes"]]
    assert len(told["rows_held"]) == 1
