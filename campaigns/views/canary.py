"""The canaries of a campaign: who went first at each mailbox provider, and whether the rest may follow."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rules.clocks import clock
from campaigns.models import Campaign
from campaigns.queries.one import campaign_of
from campaigns.services.canary import leave_rest_out, send_rest
from campaigns.types import CampaignState
from campaigns.views.setup import viewer_zone
from deliverability.queries.canaries import CanaryStanding, canary_standings
from deliverability.queries.mailbox_names import provider_name

_UNDER_WAY = (CampaignState.SENDING, CampaignState.PAUSED)
_ACTS = {"send": send_rest, "leave-out": leave_rest_out}


@dataclass(frozen=True, slots=True)
class CanaryRow:
    """One mailbox provider's line; `is_open`: a person may still decide."""

    word: str
    name: str | Promise
    size: int
    rest: int
    state: str
    kind: str
    text: str
    is_open: bool
    is_stopped: bool


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def canary(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The part of the report that shows them, looked at again while one is undecided."""
    return render(request, "campaigns/parts/canary.html", canary_context(request, campaign_of(campaign_id)))


@require_POST
@permission_required("campaigns.send", raise_exception=True)
def decide(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A person's word: send the rest at a mailbox provider, or leave them out."""
    provider, act = request.POST.get("provider", ""), _ACTS.get(request.POST.get("act", ""))
    if act is not None and act(actor=request.user, campaign_id=campaign_id, mailbox_provider=provider):
        words = _("The rest is on its way.") if act is send_rest else _("The rest gets nothing; each has a record.")
        messages.success(request, words)
    else:
        messages.error(request, _("That was decided meanwhile, so nothing was changed."))
    return redirect("campaign", campaign_id)


def canary_context(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    if not found.canary_percent or found.mailing_id is None:
        return {"campaign": found, "canaries": []}
    is_under_way = found.state in _UNDER_WAY
    zone = viewer_zone(request)
    rows = [_row(each, zone, is_under_way) for each in canary_standings(found.mailing_id)]
    is_waiting = is_under_way and any(row.is_open and not row.is_stopped for row in rows)
    return {"campaign": found, "canaries": rows, "canary_trigger": "every 10s" if is_waiting else ""}


def _row(each: CanaryStanding, zone: str, is_under_way: bool) -> CanaryRow:
    state, kind, text = _words(each, zone)
    is_stopped = each.state == "stopped"
    is_open = is_under_way and each.waiting > 0
    name = provider_name(each.mailbox_provider)
    return CanaryRow(each.mailbox_provider, name, each.size, each.rest, state, kind, text, is_open, is_stopped)


def _words(each: CanaryStanding, zone: str) -> tuple[str, str, str]:
    if each.state == "released":
        return _("The rest followed"), "ok", each.reason
    if each.state == "stopped":
        return _("Stopped") if each.waiting else _("Left out"), "bad" if each.waiting else "", each.reason
    if not each.size:
        return _("Waits"), "", _("Too few people here to judge: they follow when all canaries are well.")
    if each.state == "watching" and each.watched_until:
        words = _("All first ones are through. If they stay well, the rest follows at %(when)s.")
        return _("Watched"), "info", words % {"when": clock(each.watched_until, zone)}
    return _("On its way"), "info", _("The first ones are being sent.")
