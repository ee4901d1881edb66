"""In which time zone a person reads a time."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation


def zone_of(name: str) -> ZoneInfo:
    """The person's own zone, else the organisation's, else UTC."""
    try:
        return ZoneInfo(name or current_organisation().time_zone)
    except (ZoneInfoNotFoundError, ValueError, OrganisationMissing):
        return ZoneInfo("UTC")
