"""A campaign after Send: the time to undo, the live report, and what moves in them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rules.clocks import day_and_clock, told
from campaigns.models import Campaign, CampaignActivity
from campaigns.queries.audience_words import audience_name, segment_names, without_names
from campaigns.queries.comparison import compared
from campaigns.queries.live import Live, live
from campaigns.queries.one import campaign_of, moving_campaign
from campaigns.queries.report import exclusions
from campaigns.types import CampaignState
from campaigns.views.canary import canary_context
from campaigns.views.figures import figure_list
from campaigns.views.lanes import Provider, headline, providers, troubles
from campaigns.views.setup import setup, viewer_zone
from campaigns.views.words import FAREWELLS, REASONS, STATES
from deliverability.queries.engaged import OverTime, engaged_by_provider, engagement_over_time, link_clicks
from deliverability.queries.totals import totals_by_provider
from subscribers.queries.consent.farewells import farewells_of_mailing
from templates_app.queries.lines import line_as_read

_OPEN = (CampaignState.DRAFT, CampaignState.REVIEWED)
# The chart shows when people act on a mail: nearly all do within two days.
_CHARTED = timedelta(hours=48)
# Until then it is too early to compare a campaign with others.
_SETTLED = timedelta(hours=24)
_SHOWN_ACTIVITIES = 12
_SHOWN_LINKS = 6
# How often a page looks again: while mail leaves, while it waits, and for a day after.
_FAST, _SLOW, _AFTER = "every 2s", "every 5s", "every 60s"


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The one address of a campaign, whatever its state."""
    found = campaign_of(campaign_id)
    if found.state in _OPEN:
        return setup(request, found)
    if found.state == CampaignState.SCHEDULED:
        return render(request, "campaigns/scheduled.html", {**_scheduled(request, found), **_common(request, found)})
    if found.mailing_id is None:
        return render(request, "campaigns/never_sent.html", _common(request, found))
    return render(request, "campaigns/report.html", _report(request, found))


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def progress(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The part that moves every two seconds. Where the campaign has changed its state, the whole page is due."""
    found = moving_campaign(campaign_id)
    if request.GET.get("state") != found.state:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if found.state == CampaignState.SCHEDULED:
        return render(request, "campaigns/parts/countdown.html", _scheduled(request, found))
    return render(request, "campaigns/parts/progress.html", _progress(request, found))


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def figures(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What people did, looked at less often: it counts people, not events."""
    return render(request, "campaigns/parts/figures.html", _figures(request, campaign_of(campaign_id)))


def _common(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    words, kind = STATES[CampaignState(found.state)]
    subject = line_as_read(found.subject)
    activities = _activities(found, viewer_zone(request))
    return {"campaign": found, "subject": subject, "state": words, "kind": kind, "activities": activities}


def _scheduled(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    now = timezone.now()
    starts_at = found.starts_at or now
    zone = viewer_zone(request)
    seconds = max(0, int((starts_at - now).total_seconds()))
    return {
        "campaign": found,
        "seconds": seconds,
        "is_soon": seconds <= max(found.undo_seconds, 120),
        "chosen_time": day_and_clock(starts_at, found.time_zone),
        "own_time": day_and_clock(starts_at, zone) if zone != found.time_zone else "",
        "trigger": "every 1s" if seconds < 3 else _FAST if seconds < 120 else "every 30s",
    }


def _report(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    left_out = exclusions(found.pk)
    return {
        **_common(request, found),
        **_progress(request, found),
        **canary_context(request, found),
        **_figures(request, found),
        "lists": audience_name(found),
        "segments": segment_names(found),
        "without": without_names(found),
        "left_out": [(REASONS[reason], reason.value, count) for reason, count in left_out.items()],
        "left_out_count": sum(left_out.values()),
        **_farewells(found),
    }


def _farewells(found: Campaign) -> dict[str, Any]:
    """Why people who left by this mail say they did."""
    if found.mailing_id is None:
        return {}
    said = farewells_of_mailing(found.mailing_id)
    return {"farewells": [(FAREWELLS[reason], people) for reason, people in said.reasons], "parting_words": said.words}


def _progress(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    now = live(found)
    zone = viewer_zone(request)
    return {
        "campaign": found,
        "live": now,
        "headline": headline(found, now, zone),
        "troubles": troubles(found, now, zone),
        "parts": (parts := _parts(now)),
        "bar": [part[:3] for part in parts],
        "summary": _("%(done)s of %(all)s people") % {"done": f"{now.attempted:,}", "all": f"{now.audience:,}"},
        "trigger": _trigger(found, now),
    }


def _trigger(found: Campaign, now: Live) -> str:
    if found.state == CampaignState.SENDING:
        return _SLOW if now.next_at else _FAST
    return _SLOW if found.state == CampaignState.PAUSED else ""


def _parts(now: Live) -> list[tuple[str, int, str, str]]:
    """Words, people, kind and the list of these people."""
    rare = [
        (_("Put off, retrying"), now.retrying, "deferred", "retrying"),
        (_("Refused"), now.bounced, "failed", "failed"),
        (_("Held back"), now.skipped, "skipped", "skipped"),
        (_("Waiting"), now.waiting, "waiting", "waiting"),
    ]
    return [(_("Accepted"), now.delivered, "delivered", "accepted"), *(part for part in rare if part[1])]


def _figures(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    if found.mailing_id is None or found.started_at is None:
        return {"campaign": found}
    chart = engagement_over_time(found.mailing_id, start=found.started_at, span=_CHARTED)
    zone = viewer_zone(request)
    return {
        "campaign": found,
        "rates": figure_list(compared(found), is_early=_is_early(found)),
        **_chart(chart, zone),
        "providers": _providers(found, zone),
        **_links(found),
        "figures_trigger": _figures_trigger(found),
    }


def _figures_trigger(found: Campaign) -> str:
    if found.state in (CampaignState.SENDING, CampaignState.PAUSED):
        return "every 10s"
    is_recent = found.finished_at and timezone.now() - found.finished_at < timedelta(days=1)
    return _AFTER if is_recent else ""


def _is_early(found: Campaign) -> bool:
    """While people still open it, any number would look poor beside those of campaigns that are long over."""
    return found.finished_at is None or timezone.now() - found.finished_at < _SETTLED


def _chart(found: OverTime, zone: str) -> dict[str, Any]:
    if not any(found.opens) and not any(found.clicks):
        return {}
    place = ZoneInfo(zone)
    moments = [(found.start + index * found.step).astimezone(place) for index in range(len(found.opens))]
    spans_days = moments[0].date() != moments[-1].date()
    labels = [f"{moment:%a %H:%M}" if spans_days else f"{moment:%H:%M}" for moment in moments]
    peak = max(range(len(labels)), key=lambda index: found.opens[index])
    words = _("%(opens)s opens and %(clicks)s clicks by people; most opens, %(peak)s, from %(time)s on.")
    totals = {"opens": f"{sum(found.opens):,}", "clicks": f"{sum(found.clicks):,}"}
    return {
        "chart_labels": labels,
        "chart_series": [(_("Opens"), found.opens), (_("Clicks"), found.clicks)],
        "chart_summary": words % {**totals, "peak": f"{found.opens[peak]:,}", "time": labels[peak]},
    }


def _providers(found: Campaign, zone: str) -> list[Provider]:
    if found.mailing_id is None:
        return []
    standing = live(found).standing
    return providers(totals_by_provider(found.mailing_id), engaged_by_provider(found.mailing_id), standing, found, zone)


def _links(found: Campaign) -> dict[str, list[dict[str, Any]]]:
    """Every link of the mail, the most followed first; those beyond the first few by themselves."""
    if found.mailing is None or found.mailing_id is None:
        return {"links": [], "more_links": []}
    clicks = link_clicks(found.mailing_id)
    most = max((each.people for each in clicks.values()), default=0)
    rows = [
        {
            "number": number,
            "target": target,
            "people": clicks[number].people if number in clicks else 0,
            "clicks": clicks[number].clicks if number in clicks else 0,
            "most": most,
        }
        for number, target in enumerate(found.mailing.links)
    ]
    rows.sort(key=lambda row: (-int(str(row["people"])), row["number"]))
    return {"links": rows[:_SHOWN_LINKS], "more_links": rows[_SHOWN_LINKS:]}


def _activities(found: Campaign, zone: str) -> list[tuple[str, str | Promise, datetime, str, str]]:
    """As the timeline takes them, the newest first."""
    rows = CampaignActivity.objects.filter(campaign=found).order_by("-id")[:_SHOWN_ACTIVITIES]
    return [(_icon(row.text), told(row.text, zone), row.happened_at, row.actor, "") for row in rows]


def _icon(text: str) -> str:
    icons = {
        "Test": "mail",
        "Reviewed": "clipboard-list",
        "Scheduled": "clock",
        "Moved": "calendar",
        "Sending": "send",
        "Paused": "pause",
        "Resumed": "play",
        "Cancelled": "circle-x",
        "Finished": "circle-check",
        "Unscheduled": "undo-2",
        "Copied": "copy",
        "Approved": "circle-check",
        "Not started": "triangle-alert",
    }
    return next((icon for word, icon in icons.items() if text.startswith(word)), "pencil")
