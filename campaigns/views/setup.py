"""The page on which a campaign is written, and what it asks the server while somebody types."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rules.clocks import clock
from campaigns.errors import Clash, EditedMeanwhile
from campaigns.models import Campaign
from campaigns.queries.approval import approval_limit
from campaigns.queries.audience_now import counts_now
from campaigns.queries.one import campaign_of
from campaigns.rules.lifecycle import Action, next_state
from campaigns.services.checking import problems
from campaigns.services.edit import edit, seen_since
from campaigns.services.mail import inbox_line
from campaigns.types import CampaignState
from campaigns.views import fields
from campaigns.views.checklist import checklist_items
from campaigns.views.frequency import frequency_context
from campaigns.views.picks import picks, posted_picks
from campaigns.views.setup_words import setup_words
from campaigns.views.words import FIELDS, REASONS
from deliverability.queries.streams import marketing_streams
from subscribers.queries.audience.quiet_hours import quiet_hours
from subscribers.queries.consent.choices import list_choices
from templates_app.queries.templates import found_templates


def setup(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Called by the view of a campaign that is still written."""
    zone = viewer_zone(request)
    return render(
        request,
        "campaigns/setup.html",
        {
            "campaign": campaign,
            "can_edit": request.user.has_perm("campaigns.edit"),
            "lists": list_choices(),
            "picks": picks(campaign),
            **frequency_context(campaign),
            "templates": found_templates().order_by("name").values_list("id", "name"),
            "streams": marketing_streams(),
            "zones": fields.zones(campaign.time_zone, zone),
            "send_on": fields.wall_clock(campaign.send_at, campaign.time_zone),
            "undo_choices": [(seconds, _undo_words(seconds)) for seconds in fields.UNDO_SECONDS],
            "canary_percents": fields.CANARY_PERCENTS,
            "canary_minutes": fields.CANARY_MINUTES,
            "inbox": inbox_line(campaign),
            "awaits_approval": campaign.state == CampaignState.REVIEWED and _is_large(campaign),
            "config": {
                "id": campaign.pk,
                "user": request.user.pk,
                "revision": campaign.revision,
                "canEdit": request.user.has_perm("campaigns.edit"),
                "template": request.GET.get("template", ""),
                "urls": {
                    "save": reverse("campaign-save", args=[campaign.pk]),
                    "state": reverse("campaign-state", args=[campaign.pk]),
                    "signIn": reverse(settings.LOGIN_URL),
                },
            },
            "words": setup_words(),
        },
    )


@require_POST
@permission_required("campaigns.edit", raise_exception=True)
def save(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Keeps the fields that were sent. 409 with what others wrote into the same ones; a page without script gets
    itself again."""
    campaign = campaign_of(campaign_id)
    changes, mistakes = fields.read({**request.POST.dict(), **posted_picks(request.POST)}, campaign)
    revision = int(text) if (text := request.POST.get("revision", "")).isdecimal() else None
    try:
        campaign = edit(campaign_id=campaign_id, changes=changes, actor=request.user, revision=revision)
    except EditedMeanwhile as error:
        if not request.htmx:  # type: ignore[attr-defined]
            messages.error(request, " ".join(_said(request, campaign, clash)["words"] for clash in error.clashes))
            return redirect("campaign", campaign_id)
        return JsonResponse({"clashes": [_said(request, campaign, clash) for clash in error.clashes]}, status=409)
    if not request.htmx:  # type: ignore[attr-defined]
        for words in mistakes.values():
            messages.error(request, words)
        return redirect("campaign", campaign_id)
    others = _others(request, campaign, seen_since(campaign, revision or campaign.revision), changes)
    answer = {"revision": campaign.revision, "others": others, "problems": mistakes, "inbox": inbox_line(campaign)}
    return JsonResponse(answer)


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def state(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What others changed since the `revision` that the page knows, and whether it may still be written."""
    campaign = campaign_of(campaign_id)
    revision = int(text) if (text := request.GET.get("revision", "")).isdecimal() else campaign.revision
    return JsonResponse(
        {
            "revision": campaign.revision,
            "others": _others(request, campaign, seen_since(campaign, revision), ()),
            "isOpen": next_state(CampaignState(campaign.state), Action.EDIT) is not None,
        }
    )


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def audience(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """How many would get it now, and who would not; asked for once the page stands, since lists may be long."""
    campaign = campaign_of(campaign_id)
    counts = counts_now(campaign)
    reasons = [(REASONS[reason], reason.value, count) for reason, count in counts.excluded.items()] if counts else []
    context = {"campaign": campaign, "counts": counts, "reasons": reasons, "quiet": quiet_hours()}
    return render(request, "campaigns/parts/audience.html", context)


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def checklist(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = campaign_of(campaign_id)
    must_fix, worth_a_look = problems(campaign, counts_now(campaign))
    context = {
        "campaign": campaign,
        "items": checklist_items(campaign, must_fix, worth_a_look, request.user),
        "must_fix": len(must_fix),
        "worth_a_look": len(worth_a_look),
    }
    return render(request, "campaigns/parts/checklist.html", context)


def viewer_zone(request: HttpRequest) -> str:
    return str(getattr(request.user, "time_zone", "") or "UTC")


def _is_large(campaign: Campaign) -> bool:
    limit = approval_limit()
    counts = counts_now(campaign) if limit is not None else None
    return counts is not None and limit is not None and counts.included > limit


def _others(
    request: HttpRequest, campaign: Campaign, clashes: Iterable[Clash], own: Iterable[str]
) -> list[dict[str, Any]]:
    return [_said(request, campaign, clash) for clash in clashes if clash.field not in own]


def _said(request: HttpRequest, campaign: Campaign, clash: Clash) -> dict[str, Any]:
    who = _("You, in another window,") if clash.by == str(request.user) else clash.by
    what = {"name": who, "field": FIELDS[clash.field], "time": clock(clash.at, viewer_zone(request))}
    return {
        "field": clash.field,
        "value": _as_typed(clash, campaign.time_zone),
        "words": _("%(name)s changed %(field)s at %(time)s.") % what,
    }


def _as_typed(clash: Clash, time_zone: str) -> str:
    if isinstance(clash.value, list):
        return ",".join(map(str, clash.value))
    if clash.field == "send_at":
        return fields.wall_clock(clash.value, time_zone)
    return "" if clash.value is None else str(clash.value)


def _undo_words(seconds: int) -> str:
    if seconds == 0:
        return _("No time to undo")
    if seconds < 120:
        return _("%(count)s seconds") % {"count": seconds}
    return _("%(count)s minutes") % {"count": seconds // 60}
