"""What a template may say of a contact, and made-up data to show how it will look."""

from typing import Any

from subscribers.models import CustomField

_SAMPLE: dict[str, Any] = {
    "email": "alex.example@example.com",
    "first_name": "Alex",
    "last_name": "Example",
    "locale": "en",
    "country": "DE",
}
_SAMPLE_BY_KIND: dict[str, Any] = {
    CustomField.Kind.TEXT: "Example",
    CustomField.Kind.NUMBER: 42,
    CustomField.Kind.DATE: "2026-12-24",
    CustomField.Kind.BOOLEAN: True,
    CustomField.Kind.CHOICE: "Example",
    CustomField.Kind.LIST: ["Example", "Another"],
    CustomField.Kind.JSON: {"example": "Example"},
}


def contact_tags() -> frozenset[str]:
    """Every merge tag that reads a contact, such as `contact.first_name`: our fields and the declared custom ones."""
    return frozenset(f"contact.{key}" for key in sample_values())


def sample_values() -> dict[str, Any]:
    """A person who does not exist, with a value for every field; has the shape of `Recipient.values`."""
    custom = {
        field.key: field.options[0] if field.options else _SAMPLE_BY_KIND[field.kind]
        for field in CustomField.offered.all()
    }
    return {**custom, **_SAMPLE}
