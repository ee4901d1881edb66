"""How long a campaign will take, for its review, its countdown and its report."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.rules.clocks import day_and_clock, told
from campaigns.errors import NotPossibleNow
from campaigns.models import Campaign
from campaigns.queries.capacity import campaign_capacity
from campaigns.queries.one import campaign_of
from campaigns.types import CampaignState
from campaigns.views.setup import viewer_zone
from deliverability.queries.capacity import SendPlan

# A million people take a second to sort, and nobody needs the answer to be of this very moment.
_KEPT_SECONDS = 20
_MOVING = (CampaignState.SENDING, CampaignState.PAUSED)


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def capacity(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A part of a page that is asked for once the page stands."""
    campaign = campaign_of(campaign_id)
    return render(request, "campaigns/parts/capacity.html", capacity_context(request, campaign))


def capacity_context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """Without a plan where nothing is left to send, or nobody is chosen yet."""
    plan = _plan(campaign)
    if plan is None or plan.bottleneck is None:
        return {"campaign": campaign}
    zone = viewer_zone(request)
    is_moving = campaign.state in _MOVING
    return {
        "campaign": campaign,
        "capacity": _headline(plan, zone, is_moving=is_moving),
        "bottleneck": plan.bottleneck,
        "why": told(plan.bottleneck.why, zone),
        "assumes_rate": plan.bottleneck.limited_by == "machine" and not plan.is_measured,
        "lanes": [(lane, _when(lane.ends_at, zone)) for lane in plan.lanes],
        "capacity_trigger": "every 15s" if campaign.state == CampaignState.SENDING else "",
    }


def _plan(campaign: Campaign) -> SendPlan | None:
    starts_at = campaign.send_at if campaign.state not in _MOVING else None
    moment = int(starts_at.timestamp()) if starts_at else 0
    key = f"capacity:{campaign.pk}:{campaign.state}:{campaign.mailing_list_id}:{campaign.stream_id}:{moment}"
    found: SendPlan | None = cache.get(key)
    if found is None:
        try:
            found = campaign_capacity(campaign.pk, starts_at)
        except NotPossibleNow:
            return None
        cache.set(key, found, _KEPT_SECONDS)
    return found


def _headline(plan: SendPlan, zone: str, *, is_moving: bool) -> str:
    if plan.ends_at is None:
        return _("Not done within a year as things stand.")
    when = day_and_clock(plan.ends_at, zone)
    if is_moving:
        return _("Done about %(when)s.") % {"when": when}
    values = {"span": _span(plan.starts_at, plan.ends_at), "when": when}
    return _("Takes %(span)s: done about %(when)s.") % values


def _span(start: datetime, end: datetime) -> str:
    """`about 2 h 10 min`; days beyond two of them."""
    minutes = round((end - start).total_seconds() / 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return _("about %(minutes)s min") % {"minutes": minutes}
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return _("about %(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    days = round(minutes / (24 * 60))
    return ngettext("about %(days)s day", "about %(days)s days", days) % {"days": days}


def _when(moment: datetime | None, zone: str) -> str:
    return day_and_clock(moment, zone) if moment else _("not within a year")
