"""The month with its campaigns, and the dialog that moves one of them to another time."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules.clocks import clock, day_and_clock
from campaigns.errors import UnusableTime
from campaigns.queries.month import Dated, dated_between
from campaigns.queries.one import campaign_of
from campaigns.rules.moments import moment_of, zone_of
from campaigns.services.schedule import move
from campaigns.types import CampaignState
from campaigns.views.fields import wall_clock, wall_clock_of, zones
from campaigns.views.setup import viewer_zone
from campaigns.views.words import STATES


@dataclass(frozen=True, slots=True)
class Entry:
    """A campaign as a chip: its own time is in the viewer's zone, and named."""

    campaign: Dated
    time: str
    state: str
    kind: str
    may_move: bool


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    is_of_month: bool
    is_today: bool
    entries: list[Entry] = field(default_factory=list)


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def calendar(request: HttpRequest) -> HttpResponse:
    zone_name = viewer_zone(request)
    zone = zone_of(zone_name) or ZoneInfo("UTC")
    today = timezone.now().astimezone(zone).date()
    first = _month_asked(request.GET.get("month", ""), today)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    days = {day: Day(day, day.month == first.month, day == today) for week in weeks for day in week}
    _fill(days, weeks[0][0], weeks[-1][-1], zone, may_move=request.user.has_perm("campaigns.send"))
    listed = [day for day in days.values() if day.entries and day.is_of_month]
    is_now = (first.year, first.month) == (today.year, today.month)
    # A phone begins with this week; another month from its first day.
    this_week = today - timedelta(days=today.weekday()) if is_now else first
    return render(
        request,
        "campaigns/calendar.html",
        {
            "first": first,
            "weeks": [[days[day] for day in week] for week in weeks],
            "earlier": [day for day in listed if day.date < this_week],
            "agenda": [day for day in listed if day.date >= this_week],
            "week_days": weeks[0],
            "before": f"?month={first - timedelta(days=1):%Y-%m}",
            "after": f"?month={first + timedelta(days=31):%Y-%m}",
            "is_now": is_now,
            "zone": zone_name,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("campaigns.send", raise_exception=True)
def move_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """GET asks for the new time, or shows the one of `?day`, beside the old one; POST moves it there."""
    campaign = campaign_of(campaign_id)
    zone_name = campaign.time_zone
    problem = ""
    if request.method == "POST":
        zone_name = request.POST.get("time_zone", zone_name)
        chosen = wall_clock_of(request.POST.get("send_at", ""))
        try:
            if chosen is None:
                raise UnusableTime(_("Choose a date and a time. Nothing was moved."))
            moved = move(campaign_id=campaign_id, actor=request.user, send_at=chosen, time_zone=zone_name)
        except UnusableTime as error:
            problem = str(error)
        else:
            when = day_and_clock(moved.starts_at or timezone.now(), zone_name)
            messages.success(request, _("“%(name)s” starts %(when)s.") % {"name": moved.name, "when": when})
            return _after_move(request, campaign_id)
    starts_at = campaign.starts_at or timezone.now()
    typed = request.POST.get("send_at") or wall_clock(
        _on_day(starts_at, request.GET.get("day", ""), request), zone_name
    )
    new = _moment(typed, zone_name)
    zone = viewer_zone(request)
    context = {
        "campaign": campaign,
        "zones": zones(zone_name, zone),
        "zone_name": zone_name,
        "typed": typed,
        "problem": problem,
        "is_asked": "day" in request.GET,
        "old_times": _both(starts_at, campaign.time_zone, zone),
        "new_times": _both(new, zone_name, zone) if new and typed != wall_clock(starts_at, zone_name) else [],
    }
    return render(request, "campaigns/move.html" if request.htmx else "campaigns/move_page.html", context)  # type: ignore[attr-defined]


def _after_move(request: HttpRequest, campaign_id: int) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("campaign", campaign_id)
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


def _both(moment: datetime, chosen: str, own: str) -> list[str]:
    """The moment in the zone it was chosen in and, if it is another, in the viewer's."""
    return [day_and_clock(moment, zone) for zone in dict.fromkeys([chosen, own])]


def _moment(typed: str, zone_name: str) -> datetime | None:
    chosen, zone = wall_clock_of(typed), zone_of(zone_name)
    return moment_of(chosen, zone) if chosen and zone else None


def _on_day(moment: datetime, text: str, request: HttpRequest) -> datetime:
    """The same time of day on the day onto which somebody dropped it, by the viewer's clock."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return moment
    zone = zone_of(viewer_zone(request)) or ZoneInfo("UTC")
    wall = datetime.combine(day, moment.astimezone(zone).time())
    return moment_of(wall, zone) or moment


def _month_asked(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _fill(days: dict[date, Day], start: date, end: date, zone: ZoneInfo, *, may_move: bool) -> None:
    begin = datetime.combine(start, time(), tzinfo=zone).astimezone(UTC)
    until = datetime.combine(end + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    for entry in _entries(dated_between(begin, until), str(zone), may_move=may_move):
        days[entry.campaign.at.astimezone(zone).date()].entries.append(entry)


def _entries(found: list[Dated], zone: str, *, may_move: bool) -> Iterator[Entry]:
    for campaign in found:
        words, kind = STATES[campaign.state]
        is_movable = may_move and campaign.state == CampaignState.SCHEDULED
        yield Entry(campaign, clock(campaign.at, zone), str(words), kind, is_movable)
