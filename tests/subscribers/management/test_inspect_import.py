"""`inspect_import` says what files would be taken for, without a database."""

import csv
import json
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

CORPUS = Path(__file__).parents[4] / "shared/corpora/migration-headers/headers.jsonl"


def inspect(*paths: Path, refuses: bool = False) -> list[dict]:
    out = StringIO()
    with pytest.raises(SystemExit, match="1") if refuses else nullcontext():
        call_command("inspect_import", *map(str, paths), "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.skipif(not CORPUS.exists(), reason="needs the header corpus in ../shared/corpora")
def test_every_header_of_the_corpus_shows_its_address_column(tmp_path: Path) -> None:
    cases = [json.loads(line) for line in CORPUS.read_text().splitlines()]
    paths = [tmp_path / f"{number}.csv" for number in range(len(cases))]
    for path, case in zip(paths, cases, strict=True):
        path.write_text(case["header"] + "\r\n")
    found = inspect(*paths)
    assert [row["email_column"] for row in found] == [case["email_column"] for case in cases]
    named = [
        (row["mapping"].get(column), meaning)
        for row, case in zip(found, cases, strict=True)
        for column, meaning in case["mapping"].items()
    ]
    assert sum(ours == theirs for ours, theirs in named) >= 0.9 * len(named)


def test_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = [["email", "name", "attributes", "status", "uuid"], ["a@example.com", "Anna", "{}", "blocklisted", "1"]]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    assert inspect(path) == [
        {
            "file": str(path),
            "email_column": "email",
            "optout_columns": ["status"],
            "consent_columns": [],
            "mapping": {"email": "email", "name": "full_name", "status": "status", "uuid": "external_id"},
            "source": "listmonk",
        }
    ]


def test_a_file_without_addresses_is_refused_and_the_others_are_told(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("Name,City\nAnna,Bonn\n")
    good.write_text("Kontakt,Ort\na@example.com,Bonn\n")
    refused, found = inspect(bad, good, refuses=True)
    assert refused["email_column"] is None
    assert "No column" in refused["error"]
    assert found["email_column"] == "Kontakt"
