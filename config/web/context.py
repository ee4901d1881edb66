"""What every page of the web admin knows without its view saying so."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.errors import OrganisationMissing
from accounts.models import Organisation
from accounts.queries.organisation import current_organisation


def shell(request: HttpRequest) -> dict[str, Any]:
    """`viewer` is the time zone of whoever looks; `organisation` costs its query only where a page names it."""
    return {
        "viewer": SimpleLazyObject(lambda: str(getattr(request.user, "time_zone", "") or "UTC")),
        "organisation": SimpleLazyObject(_organisation),
    }


def _organisation() -> Organisation:
    try:
        return current_organisation()
    except OrganisationMissing:
        # Before set-up there is nobody to name; templates fall back to "Sendwell".
        return Organisation(name="")
