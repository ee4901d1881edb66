"""Lends contacts to the previews of templates: the port `templates_app.types.People`, implemented."""

from typing import Any

from subscribers.models import Contact
from subscribers.queries.contacts.merge_fields import contact_tags, sample_values
from subscribers.queries.contacts.search import contacts_starting_with
from templates_app.types import Person


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
        return [
            Person(found.id, f"{found.name} · {found.email}" if found.name else found.email)
            for found in contacts_starting_with(words, most=limit)
        ]
