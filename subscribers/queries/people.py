"""Who somebody is, whatever they are known by: an id that was merged, an address, an id in another system."""

from django.db import connection

from deliverability.queries.suppressions import address_key
from subscribers.models import Contact, ContactIdentifier

_KEPT = "SELECT coalesce(merged_into_id, id) FROM subscribers_contact WHERE id = %s"
# The partial index on merged_into finds the others; an OR would read everybody.
_IDS = """
WITH me AS MATERIALIZED (SELECT coalesce(merged_into_id, id) AS id FROM subscribers_contact WHERE id = %s)
SELECT id FROM me UNION ALL
SELECT contact.id FROM subscribers_contact contact JOIN me ON contact.merged_into_id = me.id
"""


def kept_id(contact_id: int) -> int:
    """The person who has this id now: another one, where the contact was merged. The id itself if nobody has it."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [contact_id])
        row = cursor.fetchone()
    return int(row[0]) if row else contact_id


def ids_of(contact_id: int) -> list[int]:
    """Every id of this person, their present one first: what the ledger and events know them by. Empty for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [contact_id])
        return [row[0] for row in cursor.fetchall()]


def contact_id_of_key(key: bytes) -> int | None:
    """The person behind a keyed hash of an address, any of theirs."""
    found = Contact.with_merged.filter(address_key=key).order_by("id").values_list("id", "merged_into_id").first()
    return None if found is None else found[1] or found[0]


def contact_id_of(address: str) -> int | None:
    """The person who is known by this address, whatever its capitals, also where it came from a merge."""
    return contact_id_of_key(address_key(address))


def find_contact(source: str, external_id: str) -> Contact | None:
    """The person whom another system knows by this id."""
    found = ContactIdentifier.objects.filter(source=source, external_id=external_id).values_list("contact_id").first()
    return Contact.objects.filter(pk=found[0]).first() if found else None


def other_addresses(contact_id: int) -> list[Contact]:
    """Contacts who were merged into this one; their addresses are the person's, and get no mail."""
    return list(Contact.with_merged.filter(merged_into=contact_id).order_by("pk"))


def identifiers_of(contact_id: int) -> list[ContactIdentifier]:
    """By what other systems know this person."""
    return list(ContactIdentifier.objects.filter(contact=contact_id).order_by("source", "external_id"))
