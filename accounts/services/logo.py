"""Keeps the organisation's logo as a file that is named after its content."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.errors import OrganisationMissing, UnusableLogo
from accounts.models import Organisation
from accounts.rules.pictures import kind_of
from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor

MOST_BYTES = 1_000_000


def is_usable(content: bytes) -> bool:
    return kind_of(content) is not None and len(content) <= MOST_BYTES


def save_logo(*, actor: Actor, content: bytes) -> Organisation:
    """Raises UnusableLogo, OrganisationMissing, PermissionRefused."""
    require(actor, "accounts.manage_organisation")
    if not is_usable(content):
        raise UnusableLogo
    name = f"logos/{hashlib.sha256(content).hexdigest()}.{kind_of(content)}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return _set(actor, name, "Changed the logo.")


def remove_logo(*, actor: Actor) -> Organisation:
    """The file stays: mails that were sent may show it. Raises OrganisationMissing, PermissionRefused."""
    require(actor, "accounts.manage_organisation")
    return _set(actor, "", "Removed the logo.")


@transaction.atomic
def _set(actor: Actor, name: str, text: str) -> Organisation:
    organisation = Organisation.objects.select_for_update().order_by("id").first()
    if organisation is None:
        raise OrganisationMissing
    organisation.logo = name
    organisation.save(update_fields=["logo"])
    record(actor=actor, text=text)
    return organisation
