"""Workbooks and archives become one table, and those who left stay out."""

import csv
import zipfile
from pathlib import Path

import pytest

from subscribers.errors import ImportRefused
from subscribers.models import Contact, Subscription
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.imports.inspecting import inspect_import
from subscribers.services.imports.unpacking import as_text
from subscribers.types import SubscriptionState
from tests.workbooks import write_workbook

STATEMENT = "Paper form at our stand, Lyon, March 2026"


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in members.items():
            file.writestr(name, text)
    return path


def table(path: Path) -> list[list[str]]:
    with as_text(path) as text:
        return list(csv.reader(text.read_text("utf-8-sig").splitlines()))


def test_a_table_of_text_is_read_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email\na@example.com\n")
    with as_text(path) as text:
        assert text == path


def test_a_workbook_becomes_a_table_below_its_title(tmp_path: Path) -> None:
    rows = [["Newsletter, March"], ["E-Mail", "Kundennummer"], ["a@example.com", 12345]]
    path = write_workbook(tmp_path / "people.xlsx", {"Leute": rows, "Notizen": [["nichts"]]})
    assert table(path) == [["E-Mail", "Kundennummer"], ["a@example.com", "12345"]]


def test_tables_of_an_archive_are_joined_by_their_columns_and_logs_left_aside(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "export.zip",
        **{
            "lists/subscribed_members.csv": "Email,Name\na@example.com,Anna\n",
            "lists/unsubscribed_members.csv": "Email;UNSUB_TIME\nb@example.com;2024-02-01\n",
            "opens/1.csv": "Email\nc@example.com\n",
            "__MACOSX/lists/._x.csv": "Email\nd@example.com\n",
            "read me.html": "Email",
        },
    )
    assert table(path) == [
        ["Email", "Name", "UNSUB_TIME", "List status by file name"],
        ["a@example.com", "Anna", "", ""],
        ["b@example.com", "", "2024-02-01", "unsubscribed"],
    ]


@pytest.mark.django_db
def test_whoever_left_in_one_member_of_an_archive_is_not_subscribed_by_another(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "export.zip",
        **{
            "subscribed.csv": "Email\na@example.com\nb@example.com\n",
            "cleaned.csv": "Email\nb@example.com\n",
            "suppressed.csv": "Email\nc@example.com\n",
        },
    )
    tally = import_contacts(
        order=ImportOrder(path=path, list_slug="news", consent_source=STATEMENT, actor="alice")
    ).tally
    assert (tally.subscribed, tally.opted_out) == (1, 2)
    assert Subscription.objects.get(state=SubscriptionState.SUBSCRIBED).contact.email == "a@example.com"
    assert Contact.objects.count() == 3


@pytest.mark.django_db
def test_a_workbook_is_imported(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "people.xlsx",
        {"Active": [["E-mail"], ["a@example.com"]], "Unsubscribed": [["E-mail"], ["b@example.com"]]},
    )
    result = import_contacts(order=ImportOrder(path=path, list_slug="news", consent_source=STATEMENT, actor="alice"))
    assert (result.tally.subscribed, result.tally.opted_out) == (1, 1)
    assert Contact.objects.get(email="a@example.com").consents.get().source.startswith("Import of people.xlsx: ")


@pytest.mark.parametrize("name", ["unsubscribed.csv", "bounces.tsv"])
def test_a_file_that_is_named_for_leaving_says_so_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Email\na@example.com\n")
    with as_text(path) as text:
        first = text.read_bytes()
        path.write_bytes(first)
    with as_text(path) as again:
        assert again == path


def test_a_file_without_addresses_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "people.xlsx", {"People": [["Name", "City"], ["Anna", "Bonn"]]})
    found = inspect_import(path)
    assert found.email_column is None
    assert "Name, City" in found.problem


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "export.zip", **{"a.csv": "Email\na@example.com\n"})
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ImportRefused, match="damaged"), as_text(path):
        pass


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "people.xlsx", **{"xl/workbook.xml": "<workbook"})
    with pytest.raises(ImportRefused, match="cannot be read as a workbook"), as_text(path):
        pass


def test_a_member_never_lands_outside_its_folder(tmp_path: Path) -> None:
    path = archive(tmp_path / "export.zip", **{"../../escaped.csv": "Email\na@example.com\n"})
    assert table(path)[1] == ["a@example.com"]
    assert not list(tmp_path.parent.glob("escaped.csv"))


def test_a_status_that_speaks_of_other_things_is_no_opt_out(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email,Status\na@example.com,gold\nb@example.com,silver\n")
    assert inspect_import(path).optout_columns == []
    path.write_text("Email,Status\na@example.com,Active\nb@example.com,silver\n")
    assert inspect_import(path).optout_columns == ["Status"]
