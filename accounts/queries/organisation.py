"""Reads the organisation that sends."""

from accounts.errors import OrganisationMissing
from accounts.models import Organisation


def current_organisation() -> Organisation:
    """The one organisation of this installation. Raises OrganisationMissing before set-up."""
    organisation = Organisation.objects.order_by("id").first()
    if organisation is None:
        raise OrganisationMissing
    return organisation
