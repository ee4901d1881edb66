"""Saves who sends."""

from django.db import transaction

from accounts.models import Organisation
from accounts.services.permission import require
from accounts.types import Actor


@transaction.atomic
def save_organisation(
    *, actor: Actor, name: str, postal_address: str, website: str, time_zone: str, brand_color: str
) -> Organisation:
    """The one organisation of this installation, made at the first call. Raises PermissionRefused."""
    require(actor, "accounts.manage_organisation")
    organisation = Organisation.objects.select_for_update().order_by("id").first() or Organisation()
    organisation.name, organisation.postal_address, organisation.website = name, postal_address, website
    organisation.time_zone, organisation.brand_color = time_zone, brand_color
    organisation.save()
    return organisation
