"""Keeps by what other systems know a person; one id of one system is one person."""

import re

from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import IdentifierRefused
from subscribers.models import ContactChange, ContactIdentifier
from subscribers.queries.people import find_contact
from subscribers.services.consent import lock_contact

_MOST = 50


@transaction.atomic
def add_identifier(*, actor: Actor, contact_id: int, source: str, external_id: str) -> ContactIdentifier:
    """A pair that the person has already changes nothing. Raises IdentifierRefused, also where it is somebody else's,
    ContactGone, PermissionRefused."""
    require(actor, "subscribers.edit")
    source, external_id = source.strip().lower(), external_id.strip()
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,49}", source) or not external_id or len(external_id) > 200:
        raise IdentifierRefused(
            "Name the system with small letters and digits, such as shop, and its id with at most 200 characters. "
            "Nothing was saved."
        )
    contact = lock_contact(contact_id)
    # The unique index settles who of two at once has it.
    ContactIdentifier.objects.bulk_create(
        [ContactIdentifier(contact=contact, source=source, external_id=external_id)], ignore_conflicts=True
    )
    kept = ContactIdentifier.objects.get(source=source, external_id=external_id)
    if kept.contact_id != contact.pk:
        owner = find_contact(source, external_id)
        raise IdentifierRefused(
            f"{source} knows {owner or 'somebody else'} by this id, so nothing was saved. If both are one person, "
            "merge them."
        )
    if ContactIdentifier.objects.filter(contact=contact).count() > _MOST:
        raise IdentifierRefused(f"A person has at most {_MOST} ids in other systems. Nothing was saved.")
    ContactChange.objects.create(contact=contact, changed_by=str(actor)[:200], parts=["identifier"])
    return kept


@transaction.atomic
def remove_identifier(*, actor: Actor, contact_id: int, identifier_id: int) -> None:
    """Only one of this person's. Raises ContactGone, PermissionRefused."""
    require(actor, "subscribers.edit")
    contact = lock_contact(contact_id)
    removed, _ = ContactIdentifier.objects.filter(contact=contact, pk=identifier_id).delete()
    if removed:
        ContactChange.objects.create(contact=contact, changed_by=str(actor)[:200], parts=["identifier"])
