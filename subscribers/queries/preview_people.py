"""Lends contacts to the previews of templates: the port `templates_app.types.People`, implemented."""

from typing import Any

from django.db.models.functions import Lower

from subscribers.models import Contact
from subscribers.queries.merge_fields import contact_tags, sample_values
from templates_app.types import Person

# Sorts behind every address that begins with the same letters.
_LAST = "\U0010ffff"


class PreviewPeople:
    """Contacts as templates see them: the fields of `Recipient.values`."""

    def tags(self) -> frozenset[str]:
        return contact_tags()

    def sample(self) -> dict[str, Any]:
        return sample_values()

    def values(self, contact_id: int) -> dict[str, Any] | None:
        contact = Contact.objects.filter(pk=contact_id).first()
        if contact is None:
            return None
        # A custom field never hides one of ours: the declared names stand last, as in a mail.
        return {
            **contact.attributes,
            "email": contact.email,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "locale": contact.locale,
            "country": contact.country,
        }

    def find(self, words: str, *, limit: int) -> list[Person]:
        prefix = words.strip().lower()
        # A range instead of LIKE: the unique index on lower(email) answers it among millions.
        contacts = (
            Contact.objects.annotate(address=Lower("email"))
            .filter(address__gte=prefix, address__lt=prefix + _LAST)
            .order_by("address")
            .only("id", "email", "first_name", "last_name")[:limit]
        )
        return [Person(contact.pk, _label(contact)) for contact in contacts]


def _label(contact: Contact) -> str:
    return f"{contact.full_name} · {contact.email}" if contact.full_name else contact.email
