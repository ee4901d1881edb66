"""Finds the person behind an address, or adds them: the one way in for single people."""

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_key
from subscribers.models import Contact
from subscribers.queries.people import contact_id_of_key


def find_or_add(newcomer: Contact) -> int:
    """The id of whoever has the address of `newcomer`, which is not saved yet; a person who was merged is the one who
    stayed. Somebody who is known keeps what is known of them."""
    newcomer.address_key = address_key(newcomer.email)
    found = contact_id_of_key(newcomer.address_key)
    if found is not None:
        return found
    newcomer.mailbox_provider = mailbox_provider_of(newcomer.email)
    # The unique index settles who of two at once adds the person; the other finds them.
    Contact.objects.bulk_create([newcomer], ignore_conflicts=True)
    found = contact_id_of_key(newcomer.address_key)
    assert found is not None, "whoever took the address is there"  # noqa: S101
    return found
