"""Files of products, by their header rows as those products write them, in many languages."""

import csv
import json
from pathlib import Path

import pytest

from subscribers.rules.imports.file_names import is_log, standing_by_name
from subscribers.rules.imports.headers import Field, fields_of, header_index
from subscribers.rules.imports.mapping import MappingRefused, plan_columns
from subscribers.rules.imports.meanings import meaning_of
from subscribers.rules.imports.permissions import Permission, confirmed_says, consent_says, opt_out_says, status_says
from subscribers.rules.imports.products import product_of

# Header rows as products write them, with the column of addresses and those that can say that somebody left.
EXPORTS = [json.loads(line) for line in (Path(__file__).parent / "exports.jsonl").read_text("utf-8").splitlines()]
REFUSED = [
    "Name,Phone,City",
    "email_status,email_opt_in,name,phone",
    "Campaign,Emails sent,Unsubscribes,Open rate,Bounce rate",
    "Subject,Email template,Sent at,Unsubscribe URL",
    "Invalid email,Email hash,Emails opened",
]


def columns(header: str) -> list[str]:
    return next(csv.reader([header], delimiter=";" if ";" in header else ","))


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export["product"])
def test_exports_are_recognised_with_their_addresses_and_opt_outs(export: dict) -> None:
    plan = plan_columns(columns(export["header"]), [], explicit={}, declared={})
    leaving = [plan.header[index] for index, field in plan.fields.items() if field in (Field.OPT_OUT, Field.STATUS)]
    assert plan.header[plan.index_of(Field.EMAIL) or 0] == export["email"]
    assert sorted(leaving) == sorted(export["opt_outs"])
    assert product_of(plan.header) == export["product"]


@pytest.mark.parametrize("header", REFUSED)
def test_files_without_addresses_are_refused(header: str) -> None:
    with pytest.raises(MappingRefused, match="No column"):
        plan_columns(columns(header), [], explicit={}, declared={})


def test_a_state_beside_a_city_is_a_place() -> None:
    assert fields_of(["Email", "State", "City"])[1] is None
    assert fields_of(["Email", "State"])[1] is Field.STATUS


def test_a_no_to_texts_is_none_to_mail() -> None:
    assert fields_of(["sms_blocklisted", "Accepts SMS Marketing", "WhatsApp opt-out"]) == [None, None, None]


def test_a_column_named_for_addresses_that_holds_none_yields_to_one_that_does() -> None:
    rows = [["yes", "a@example.com"], ["no", "b@example.com"]]
    assert plan_columns(["E-Mail", "Kontakt"], rows, explicit={}, declared={}).index_of(Field.EMAIL) == 1


def test_titles_above_the_header_are_passed_over() -> None:
    assert header_index([["Contacts, 2026-03-01"], ["Name", "E-mail"], ["Anna", "a@example.com"]]) == 1
    assert header_index([["Kontakt", "Weg"], ["a@example.com", "email"]]) == 0


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("OPTIN_TIME", "optin_at"),
        ("CONFIRM_IP", "confirm_ip"),
        ("Phone Number", "phone"),
        ("LAST_CHANGED", "updated_at"),
        ("Plz", "postal_code"),
        ("Shoe size", None),
    ],
)
def test_other_columns_have_a_meaning(header: str, meaning: str | None) -> None:
    assert meaning_of(header) == meaning


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("unsubscribed_members_export_4f2.csv", "unsubscribed"),
        ("cleaned_members_export_4f2.csv", "bounced"),
        ("nonsubscribed_members_export_4f2.csv", "non-subscribed"),
        ("subscribed_members_export_4f2.csv", ""),
        ("Blocklist 2026.xlsx", "unsubscribed"),
        ("suppression_spam_reports.csv", "complained"),
        ("Kunden.csv", ""),
    ],
)
def test_names_of_files_tell_of_those_who_left(name: str, standing: str) -> None:
    assert standing_by_name(name) == standing


def test_logs_of_mails_are_no_lists() -> None:
    assert is_log("granular_activity/opens/1_march.csv")
    assert is_log("posts/123.delivers.csv")
    assert not is_log("email_list.mine.csv")


def test_words_of_states_are_understood_in_every_kind_of_column() -> None:
    assert status_says("unreachable") is Permission.DECLINED
    assert status_says("Cancelled") is Permission.DECLINED
    assert status_says("awaiting confirmation") is Permission.UNSTATED
    assert opt_out_says("active") is Permission.AS_STATED
    assert opt_out_says("[]") is Permission.AS_STATED
    assert consent_says("Non-marketing contact") is Permission.UNSTATED
    assert confirmed_says("0") is Permission.UNSTATED
    assert confirmed_says("2024-01-01") is Permission.AS_STATED
