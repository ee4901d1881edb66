import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from subscribers.models import Contact, MailingList
from tests.factories.subscribers import MailingListFactory

pytestmark = pytest.mark.django_db
STATEMENT = "Paper form at our stand, fair in Lyon"


def call(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str, **options: Any) -> str:
    call_command("import_contacts", str(path), "--list", "news", *arguments, **options)
    return capsys.readouterr().out


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("Kontakt;Name;Ort\nanna@example.com;Anna Schmidt;Köln\nnobody;Bert;Bonn\n")
    return path


def test_json_is_one_line_with_all_counts(people: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rejects = tmp_path / "out" / "rejects.csv"
    arguments = ("--consent-source", STATEMENT, "--create-list", "--json", "--rejects", str(rejects))
    output = call(people, capsys, *arguments, "--map", "Kontakt=email")
    assert output.count("\n") == 1
    said = json.loads(output)
    expected = {"rows": 2, "created": 1, "updated": 0, "subscribed": 1, "kept_out": 0, "rejected": 1, "duplicates": 0}
    assert {name: said[name] for name in expected} == expected
    assert (said["list"], said["ignored_columns"], said["rejects_path"]) == ("news", ["Ort"], str(rejects))
    assert said["seconds"] > 0
    assert said["rows_per_second"] > 0
    assert "nobody" in rejects.read_text("utf-8-sig")


def test_the_result_is_told_in_words(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    MailingListFactory.create(slug="news")
    output = call(people, capsys, "--consent-source", STATEMENT)
    assert "2 rows read" in output
    assert "1 contacts created" in output
    assert '"Ort"' in output


def test_a_missing_statement_fails_with_an_example(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    MailingListFactory.create(slug="news")
    with pytest.raises(CommandError, match="for example"):
        call(people, capsys)
    assert not Contact.objects.exists()


def test_a_new_list_is_made_but_not_by_a_slip_of_the_finger(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "New list" in call(people, capsys, "--consent-source", STATEMENT)
    MailingList.objects.update(slug="newsletter")
    with pytest.raises(CommandError, match="Did you mean"):
        call(people, capsys, "--consent-source", STATEMENT, "--list", "newslettr")
    assert MailingList.objects.count() == 1


def test_json_tells_a_failure_too(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        call(people, capsys, "--consent-source", "purchased list", "--json")
    assert "bought, rented" in json.loads(capsys.readouterr().out)["error"]


def test_a_mapping_without_a_field_is_explained(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match='--map "Column=field"'):
        call(people, capsys, "--consent-source", STATEMENT, "--map", "Kontakt")


@pytest.mark.django_db
def test_rows_with_a_risk_are_held_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email\nanna@gmial.com\ninfo@example.com\nbert@example.com\n")
    out = StringIO()
    call_command(
        "import_contacts", str(path), "--list", "news", "--consent-source", "Paper form, fair in Lyon, 2026",
        "--hold", "typo", "--hold", "role", "--json", stdout=out,
    )  # fmt: skip
    counts = json.loads(out.getvalue())
    assert (counts["held"], counts["rejected"], counts["subscribed"]) == (2, 0, 1)
