"""Reads what somebody typed on the setup page; whatever can be kept is kept, and the rest gets words of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.rules.moments import moment_of, zone_of
from campaigns.types import Priority
from campaigns.views import picks
from deliverability.queries.streams import marketing_streams
from subscribers.queries.consent.choices import list_choices
from templates_app.queries.templates import found_templates

TEXTS = {"name": 150, "subject": 500, "preheader": 300, "from_name": 100, "from_email": 254, "reply_to": 254}
UNDO_SECONDS = (0, 30, 60, 300, 600)
CANARY_PERCENTS = (0, 2, 5, 10, 20)
CANARY_MINUTES = (15, 30, 60, 120, 240)
PRIORITIES = {str(each.value): each for each in (Priority.HIGH, Priority.NORMAL, Priority.LOW)}
_OFFERED = {"undo_seconds": UNDO_SECONDS, "canary_percent": CANARY_PERCENTS, "canary_minutes": CANARY_MINUTES}
# Where most teams are; the member's own and the campaign's stand above them.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Zurich",
    "Europe/Vienna",
    "Europe/Amsterdam",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Europe/Athens",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Mexico_City",
    "America/Bogota",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Hong_Kong",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)


def read(data: Mapping[str, str], campaign: Campaign) -> tuple[dict[str, Any], dict[str, str]]:
    """Changes by field, and problems by field; `data` holds only what was changed."""
    changes: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field, longest in TEXTS.items():
        if field in data:
            # Headers may not carry line breaks, and a paste often brings one.
            changes[field] = " ".join(data[field].split())[:longest]
    if changes.get("name") == "":
        del changes["name"]
        problems["name"] = _("A campaign needs a name, so we kept the one it had.")
    _read_addresses(changes, problems)
    _read_choices(data, changes)
    _read_time(data, campaign, changes, problems)
    return changes, problems


def _read_addresses(changes: dict[str, Any], problems: dict[str, str]) -> None:
    for field in ("from_email", "reply_to"):
        if changes.get(field):
            try:
                validate_email(changes[field])
            except ValidationError:
                problems[field] = _("“%(value)s” is no e-mail address. Check its spelling.") % {"value": changes[field]}


def _read_choices(data: Mapping[str, str], changes: dict[str, Any]) -> None:
    """Only what is on offer: a list that somebody deleted meanwhile is no list."""
    if "mailing_list" in data:
        changes["mailing_list"] = _known(data["mailing_list"], [each.id for each in list_choices()])
    if "template" in data:
        changes["template"] = _known(data["template"], found_templates().order_by().values_list("id", flat=True))
    if "stream" in data and (stream := _known(data["stream"], [each.id for each in marketing_streams()])):
        changes["stream"] = stream
    for field in picks.FIELDS:
        if field in data:
            changes[field] = picks.read_picks(data[field], field)
    if data.get("priority") in PRIORITIES:
        changes["priority"] = int(data["priority"])
    for field, offered in _OFFERED.items():
        if (chosen := _known(data.get(field, ""), offered)) is not None:
            changes[field] = chosen


def _known(text: str, offered: Any) -> int | None:
    return int(text) if text.isdecimal() and int(text) in set(offered) else None


def _read_time(data: Mapping[str, str], campaign: Campaign, changes: dict[str, Any], problems: dict[str, str]) -> None:
    zone_name = data.get("time_zone", campaign.time_zone)
    zone = zone_of(zone_name)
    if zone is None:
        problems["time_zone"] = _("There is no time zone “%(name)s”.") % {"name": zone_name}
        return
    if "time_zone" in data:
        changes["time_zone"] = zone_name
    if "send_at" in data:
        # Without script the form sends the hidden time too.
        _read_moment("" if data.get("when") == "now" else data["send_at"], zone, zone_name, changes, problems)


def _read_moment(text: str, zone: ZoneInfo, zone_name: str, changes: dict[str, Any], problems: dict[str, str]) -> None:
    if not text:
        changes["send_at"] = None
        return
    wall_clock = wall_clock_of(text)
    if wall_clock is None:
        problems["send_at"] = _("This is no date with a time.")
        return
    moment = moment_of(wall_clock, zone)
    if moment is None:
        words = _("Clocks in %(zone)s skip this hour. Choose one later.")
        problems["send_at"] = words % {"zone": zone_name}
        return
    changes["send_at"] = moment


def wall_clock_of(text: str) -> datetime | None:
    """`2026-11-24T10:00` as browsers send it."""
    try:
        return datetime.strptime(text[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007  a wall clock has no zone
    except ValueError:
        return None


def wall_clock(moment: datetime | None, zone_name: str) -> str:
    """The same, the other way."""
    return f"{moment.astimezone(zone_of(zone_name) or UTC):%Y-%m-%dT%H:%M}" if moment else ""


def zones(*first: str) -> list[str]:
    """To choose from, those named first on top."""
    return list(dict.fromkeys([*(zone for zone in first if zone_of(zone)), *ZONES]))
