"""Saves who sends."""

from django.db import transaction

from accounts.models import Organisation
from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor


@transaction.atomic
def save_organisation(
    *,
    actor: Actor,
    name: str,
    postal_address: str,
    website: str,
    time_zone: str,
    brand_color: str,
    approval_above: int | None = None,
) -> Organisation:
    """The one organisation of this installation, made at the first call. Raises PermissionRefused."""
    require(actor, "accounts.manage_organisation")
    organisation = Organisation.objects.select_for_update().order_by("id").first() or Organisation()
    given = {
        "name": name,
        "postal_address": postal_address,
        "website": website,
        "time_zone": time_zone,
        "brand_color": brand_color.lower(),
        "approval_above": approval_above,
    }
    changed = [field for field, value in given.items() if getattr(organisation, field) != value]
    if organisation.pk is None or changed:
        for field, value in given.items():
            setattr(organisation, field, value)
        organisation.save()
        words = ", ".join(field.replace("_", " ") for field in changed)
        record(actor=actor, text=f"Changed the organisation: {words}.")
    return organisation
