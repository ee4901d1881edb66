"""What columns hold, and what their cells say of permission."""

import csv
import json
from pathlib import Path

import pytest

from subscribers.rules.imports.headers import Field, email_column, field_of, has_header
from subscribers.rules.imports.mapping import ColumnPlan, MappingRefused, plan_columns
from subscribers.rules.imports.permissions import Permission, consent_says, opt_out_says, status_says
from subscribers.rules.imports.rows import Person, Remark, RowReader

CORPUS = Path(__file__).parents[4] / "shared/corpora/migration-headers/headers.jsonl"


def plan(*header: str, **options: object) -> ColumnPlan:
    return plan_columns(header, [], **{"explicit": {}, "declared": {}, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-Mail-Adresse", Field.EMAIL),
        ("Adresse e-mail", Field.EMAIL),
        ("Correo electrónico", Field.EMAIL),
        ("Indirizzo e-mail", Field.EMAIL),
        ("EMAIL_ADDRESS", Field.EMAIL),
        ("Prénom", Field.FIRST_NAME),
        ("Familienname", Field.LAST_NAME),
        ("Zeitzone", Field.TIME_ZONE),
        ("Pays", Field.COUNTRY),
        ("Langue", Field.LOCALE),
        ("Unsubscribed", Field.OPT_OUT),
        ("UNSUB_TIME", Field.OPT_OUT),
        ("Opt-Out Status", Field.OPT_OUT),
        ("Cleaned", Field.OPT_OUT),
        ("Abgemeldet am", Field.OPT_OUT),
        ("Désinscrit", Field.OPT_OUT),
        ("Dado de baja", Field.OPT_OUT),
        ("Disiscritto", Field.OPT_OUT),
        ("Accepts Email Marketing", Field.CONSENT),
        ("Einwilligung", Field.CONSENT),
        ("Opt-in", Field.CONSENT),
        ("Member Status", Field.STATUS),
        ("Unsubscribe link", None),
        ("Unsubscribe reason", None),
        ("Email Marketing Consent Timestamp", None),
        ("OPTIN_TIME", None),
        ("Trabajo", None),
        ("Company", None),
    ],
)
def test_headers_are_recognised(header: str, field: Field | None) -> None:
    assert field_of(header) is field


@pytest.mark.skipif(not CORPUS.exists(), reason="needs the header corpus in ../shared/corpora")
def test_the_address_column_of_every_known_export_is_found() -> None:
    for line in CORPUS.read_text().splitlines():
        case = json.loads(line)
        lines = [row for row in case["header"].splitlines() if not row.startswith("sep=")]
        header = next(csv.reader(lines, delimiter=case["delimiter"]))
        found = email_column(header, [])
        assert found is not None, case["platform"]
        assert header[found] == case["email_column"]


def test_an_unnamed_column_of_addresses_is_found_by_what_it_holds() -> None:
    assert email_column(["Kontakt", "Ort"], [["a@example.com", "Köln"], ["b@example.com", "Bonn"]]) == 0


def test_a_first_row_that_holds_an_address_is_no_header() -> None:
    assert not has_header(["a@example.com", "Anna"])


@pytest.mark.parametrize("says", ["Yes", "true", "1", "x", "Ja", "2024-05-01 10:00", "opted out", "hard"])
def test_anything_affirmative_in_an_opt_out_column_is_a_no(says: str) -> None:
    assert opt_out_says(says) is Permission.DECLINED


@pytest.mark.parametrize("says", ["", " ", "No", "0", "false", "Nein", "never", "N/A", "-", "0000-00-00 00:00:00"])
def test_an_empty_or_negative_opt_out_column_leaves_the_statement_alone(says: str) -> None:
    assert opt_out_says(says) is Permission.AS_STATED


@pytest.mark.parametrize(
    ("says", "permission"),
    [
        ("SUBSCRIBED", Permission.AS_STATED),
        ("yes", Permission.AS_STATED),
        ("NEVER_SUBSCRIBED", Permission.UNSTATED),
        ("", Permission.UNSTATED),
        ("not_subscribed", Permission.UNSTATED),
        ("UNSUBSCRIBED", Permission.DECLINED),
        ("no", Permission.DECLINED),
    ],
)
def test_consent_columns(says: str, permission: Permission) -> None:
    assert consent_says(says) is permission


@pytest.mark.parametrize(
    ("says", "permission"),
    [
        ("enabled", Permission.AS_STATED),
        ("gold customer", Permission.AS_STATED),
        ("unconfirmed", Permission.UNSTATED),
        ("cleaned", Permission.DECLINED),
        ("blocklisted", Permission.DECLINED),
        ("Désinscrit", Permission.DECLINED),
    ],
)
def test_status_columns(says: str, permission: Permission) -> None:
    assert status_says(says) is permission


def test_name_beside_vorname_is_the_family_name() -> None:
    found = plan("E-Mail", "Vorname", "Name")
    assert found.index_of(Field.LAST_NAME) == 2


def test_undeclared_columns_are_ignored_and_named() -> None:
    assert plan("Email", "City", "Shoe size").ignored == ("City", "Shoe size")


def test_undeclared_columns_can_be_declared() -> None:
    found = plan("Email", "Shoe size", "Shoe-Size", declare=True)
    assert found.new_fields == {"shoe_size": "Shoe size", "shoe_size_2": "Shoe-Size"}


def test_declared_fields_match_by_key_and_by_label() -> None:
    found = plan("Email", "shoe_size", "Ort", declared={"shoe_size": "Shoe size", "city": "Ort"})
    assert found.custom == {1: "shoe_size", 2: "city"}


@pytest.mark.parametrize(
    ("header", "explicit", "word"),
    [
        (["Name", "City"], {}, "--map"),
        (["Email"], {"Mail": "email"}, 'no column "Mail"'),
        (["Email", "X"], {"X": "shoesize"}, "--declare-fields"),
        (["Email", "A", "B"], {"A": "first_name", "B": "first_name"}, "Two columns"),
    ],
)
def test_mappings_that_cannot_work_are_refused_in_words(header: list[str], explicit: dict[str, str], word: str) -> None:
    with pytest.raises(MappingRefused, match=word):
        plan(*header, explicit=explicit)


def read(found: ColumnPlan, *rows: list[str], **kinds: str) -> list[Person | Remark]:
    return list(RowReader(found, kinds).read(enumerate(rows, start=2)))


def test_a_row_becomes_a_person() -> None:
    found = plan("Name", "E-Mail", "Language", "Country", "Time zone", "Size", declared={"size": "Size"})
    (person,) = read(
        found,
        ["Anna Maria Schmidt", " ANNA@example.com ", "pt_br", "Germany", "europe/berlin", "1.234,5"],
        size="number",
    )
    assert person == Person(
        2, "anna@example.com", "Anna Maria", "Schmidt", "pt-BR", "Europe/Berlin", "DE", '{"size": 1234.5}', 0
    )


def test_an_odd_cell_is_left_out_and_named_and_the_row_stays() -> None:
    person, remark = read(plan("Email", "Country"), ["a@example.com", "Narnia"])
    assert isinstance(person, Person)
    assert person.country == ""
    assert isinstance(remark, Remark)
    assert (remark.row, remark.column, remark.value, remark.is_reject) == (2, "Country", "Narnia", False)


def test_rows_of_the_wrong_width_are_rejected_unless_the_rest_is_blank() -> None:
    found = plan("Email", "First name")
    items = read(found, ["a@example.com"], ["b@example.com", "Bert", "", " "], ["c@example.com", "C", "x"], [], [" "])
    assert [(item.row, isinstance(item, Person)) for item in items] == [(2, False), (3, True), (4, False)]


def test_a_nul_rejects_its_row() -> None:
    (remark,) = read(plan("Email", "First name"), ["a@example.com", "An\x00na"])
    assert isinstance(remark, Remark)
    assert "NUL" in remark.reason


def test_one_no_among_the_columns_of_a_row_decides() -> None:
    found = plan("Email", "Status", "Unsubscribed")
    (person,) = read(found, ["a@example.com", "active", "2024-01-01"])
    assert isinstance(person, Person)
    assert person.permission == Permission.DECLINED
