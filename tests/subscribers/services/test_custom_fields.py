"""Custom fields: what may be declared, what is read into them, and that no value goes without a word."""

from pathlib import Path

import pytest

from accounts.services.permission import SENDWELL
from subscribers.errors import ContactRefused, FieldRefused
from subscribers.models import Contact, CustomField
from subscribers.queries.contacts.custom_fields import field_lines
from subscribers.queries.contacts.merge_fields import sample_values
from subscribers.queries.segments import count_people, known
from subscribers.rules.segments.parsing import parse_rules
from subscribers.services.contacts import change_contact
from subscribers.services.custom_fields import archive_field, change_field, change_kind, create_field, restore_field
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.segments import create_segment
from subscribers.types import Basis
from templates_app.models import Template
from tests.factories.subscribers import ContactFactory, MailingListFactory

pytestmark = pytest.mark.django_db


def declare(label: str, kind: str, *options: str) -> CustomField:
    return create_field(actor=SENDWELL, label=label, kind=kind, options=options)


def note(contact: Contact, **custom: str) -> dict[str, object]:
    change_contact(actor=SENDWELL, contact_id=contact.pk, values={}, custom=custom)
    contact.refresh_from_db()
    return contact.attributes


def test_every_kind_is_read_as_typed() -> None:
    for label, kind in (("Points", "number"), ("Born", "date"), ("Vip", "boolean"), ("Likes", "list"), ("Raw", "json")):
        declare(label, kind)
    declare("Size", "choice", "S", "M", "L")
    contact = ContactFactory.create()
    assert note(
        contact, points="1.234,5", born="31.3.1990", vip="yes", likes="tea; cake;tea", raw='{"a": [1]}', size="m"
    ) == {
        "points": 1234.5,
        "born": "1990-03-31",
        "vip": True,
        "likes": ["tea", "cake"],
        "raw": {"a": [1]},
        "size": "M",
    }


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [("choice", "XL", "none of the options: S, M"), ("json", "{", "no JSON"), ("list", "[1]", "no list of texts")],
)
def test_a_bad_value_is_refused_by_name(kind: str, value: str, why: str) -> None:
    declare("Size", kind, "S", "M")
    with pytest.raises(ContactRefused, match=f"Size: .*{why}"):
        note(ContactFactory.create(), size=value)


def test_a_retired_option_stays_with_who_has_it() -> None:
    field = declare("Size", "choice", "S", "M")
    contact = ContactFactory.create()
    note(contact, size="S")
    change_field(actor=SENDWELL, field_id=field.pk, label="T-shirt", options=["M", "L"])
    field.refresh_from_db()
    assert (field.label, field.key, field.options, field.retired_options) == ("T-shirt", "size", ["M", "L"], ["S"])
    assert note(contact, size="S")["size"] == "S"
    with pytest.raises(ContactRefused):
        note(ContactFactory.create(), size="S")


def test_another_kind_takes_values_along_and_says_what_it_would_lose() -> None:
    field = declare("Points", "text")
    for value in ("12", "12", "3,5", "many"):
        ContactFactory.create(attributes={"points": value, "other": 1})
    with pytest.raises(FieldRefused, match="1 people would lose their value, such as “many”, which is no number"):
        change_kind(actor=SENDWELL, field_id=field.pk, kind="number")
    assert change_kind(actor=SENDWELL, field_id=field.pk, kind="number", loses_values=True) == 1
    found = Contact.objects.order_by("pk").values_list("attributes", flat=True)
    assert list(found) == [{"points": 12, "other": 1}] * 2 + [{"points": 3.5, "other": 1}, {"other": 1}]


def test_what_is_used_is_not_archived() -> None:
    field = declare("City", "text")
    rule = {"type": "field", "field": "custom.city", "op": "is", "value": "Cali"}
    segment = create_segment(actor=SENDWELL, name="In Cali", rules=rule)
    Template.objects.create(name="Spring", source="<mjml>{{ contact.city }}</mjml>")
    [line] = field_lines()
    assert (line.segments, line.templates) == (["In Cali"], ["Spring"])
    with pytest.raises(FieldRefused, match="“In Cali”, “Spring” use “City”"):
        archive_field(actor=SENDWELL, field_id=field.pk)
    segment.delete()
    Template.objects.all().delete()
    archive_field(actor=SENDWELL, field_id=field.pk)
    assert "city" not in sample_values()
    assert "custom.city" not in known().fields
    restore_field(actor=SENDWELL, field_id=field.pk)
    assert "city" in sample_values()


def test_keys_are_made_of_names_and_never_twice() -> None:
    assert declare("Größe (EU)", "text").key == "grosse_eu"
    with pytest.raises(FieldRefused, match="already"):
        declare("Größe EU", "text")
    with pytest.raises(FieldRefused, match="none of our own"):
        declare("Email", "text")
    with pytest.raises(FieldRefused, match="at least one option"):
        declare("Size", "choice")


def test_an_import_names_row_column_and_value(tmp_path: Path) -> None:
    declare("Size", "choice", "S", "M")
    declare("Likes", "list")
    MailingListFactory.create(slug="news")
    file = tmp_path / "people.csv"
    file.write_text("email,Size,Likes\na@huila.example,m,tea;cake\nb@huila.example,XXL,\n")
    result = import_contacts(
        order=ImportOrder(
            path=file,
            list_slug="news",
            consent_source="Signed up at the shop's till",
            basis=Basis.EXPRESS,
            actor="Maria",
            rejects_path=tmp_path / "rejects.csv",
        )
    )
    assert Contact.objects.get(email="a@huila.example").attributes == {"size": "M", "likes": ["tea", "cake"]}
    assert Contact.objects.get(email="b@huila.example").attributes == {}
    left_out = Path(result.left_out_path).read_text()
    assert '3,Size,XXL,"This is none of the options: S, M.' in left_out
    likes = {"type": "field", "field": "custom.likes", "op": "has_any_of", "value": ["cake"]}
    assert count_people(parse_rules(likes, known())) == 1
