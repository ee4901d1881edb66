"""Reads the organisation that sends."""

from django.conf import settings
from django.urls import reverse

from accounts.errors import OrganisationMissing
from accounts.models import Organisation


def current_organisation() -> Organisation:
    """The one organisation of this installation. Raises OrganisationMissing before set-up."""
    organisation = Organisation.objects.order_by("id").first()
    if organisation is None:
        raise OrganisationMissing
    return organisation


def logo_url(organisation: Organisation) -> str:
    """Where anybody, such as a reader of mail, sees the logo; empty without one."""
    name = organisation.logo_name
    return f"{settings.BASE_URL}{reverse('logo', args=[name])}" if name else ""
