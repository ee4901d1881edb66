"""Where links of deliverability's pages lead: to older rows, and to the campaigns that the app above knows."""

from datetime import datetime

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime

Place = tuple[datetime, int]


def read_place(given: QueryDict) -> Place | None:
    """What a link to older ones says; nothing of what somebody made up."""
    moment, key = given.get("before", ""), given.get("id", "")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(key)) if at and at.tzinfo and key.isdecimal() and len(key) < 19 else None


def say_place(place: Place) -> dict[str, str]:
    return {"before": place[0].isoformat(), "id": str(place[1])}


def campaign_url(composer: str, reference: str, which: str = "") -> str:
    """The page of a campaign, or of those behind one of its numbers; empty for other mail."""
    if composer != "campaign":
        return ""
    try:
        return reverse("campaign-people", args=[reference, which]) if which else reverse("campaign", args=[reference])
    except NoReverseMatch:
        return ""
