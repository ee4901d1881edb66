"""The deliverability center: how every way out stands with every mailbox provider, and one of them in detail."""

from itertools import groupby
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from deliverability.models import Alert, Lane, Provider, WayLimit
from deliverability.queries.alerts import unattended_alerts
from deliverability.queries.holds import HeldStream, held_streams
from deliverability.queries.lane_changes import changes_of
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.refusals import Refusal, latest_refusals
from deliverability.queries.way_counts import MailingLately, Slot, mailings_of, slots_of
from deliverability.queries.way_states import WayState, WayStates, way_state, way_states
from deliverability.rules.health import Standing as ProviderStanding
from deliverability.rules.lanes import WayKey
from deliverability.rules.mailbox_providers import EVERYBODY
from deliverability.rules.shipped_limits import shipped_limits, source_of_limits
from deliverability.services.resuming import resume_way
from deliverability.views.places import campaign_url
from deliverability.views.reply_words import CLASSES, KINDS
from deliverability.views.route_words import standing_words
from deliverability.views.tabs import tabs
from deliverability.views.way_words import change_words, moment_words, rate_words, standing

_HOURS = (6, 24)
_MOST_CHANGES, _MOST_REPLIES, _MOST_NAMED = 30, 12, 3


@require_safe
@permission_required("deliverability.view", raise_exception=True)
def health(request: HttpRequest) -> HttpResponse:
    zone = _zone(request)
    found, held, alerts = way_states(), held_streams(), unattended_alerts()
    lines = [_line(state, zone) for state in found.ways]
    by_provider = sorted(lines, key=lambda line: (line["state"].provider, line["state"].way.provider_id))
    groups = [
        {**_provider(found, key, zone), "lines": list(each)}
        for key, each in groupby(by_provider, key=lambda line: line["state"].way.provider_id)
    ]
    context = {
        "tabs": tabs("deliverability"),
        "verdict": _verdict(found, lines, held, alerts),
        "held": held,
        "groups": groups,
    }
    is_fragment = request.htmx  # type: ignore[attr-defined]
    return render(request, f"deliverability/{'parts/' if is_fragment else ''}health.html", context)


@require_safe
@permission_required("deliverability.view", raise_exception=True)
def lane(request: HttpRequest, provider_id: int, mailbox_provider: str) -> HttpResponse:
    now, zone = timezone.now(), _zone(request)
    way = WayKey(provider_id, mailbox_provider[:32])
    state = way_state(way, now)
    if state is None:
        raise Http404
    hours = _HOURS[1] if request.GET.get("hours") == str(_HOURS[1]) else _HOURS[0]
    refusals = latest_refusals(mailbox_provider=way.mailbox_provider, provider_id=way.provider_id, most=_MOST_REPLIES)
    context = {
        **_line(state, zone),
        "hours": hours,
        "spans": [(_("%(hours)s hours") % {"hours": each}, f"?hours={each}", each == hours, None) for each in _HOURS],
        "chart": _chart(slots_of(way, now=now, hours=hours), zone),
        "changes": [(change, change_words(change, zone)) for change in changes_of(way)[:_MOST_CHANGES]],
        "replies": [_reply(each) for each in refusals],
        "mailings": [_mailing(each, way) for each in mailings_of(way, now=now)],
        "limits": _limits(way),
        "stream_limits": _stream_limits(way),
        "may_resume": state.is_slowed,
    }
    return render(request, "deliverability/lane.html", context)


@require_POST
@permission_required("deliverability.manage", raise_exception=True)
def resume(request: HttpRequest, provider_id: int, mailbox_provider: str) -> HttpResponse:
    """Forgets what slows a way."""
    provider = get_object_or_404(Provider, pk=provider_id)
    try:
        resume_way(actor=cast(Any, request.user), way=WayKey(provider.pk, mailbox_provider[:32]))
    except RedisError:
        messages.error(request, _("Redis does not answer, so nothing was changed. Try again when it does."))
    else:
        messages.success(request, _("It goes on at full speed. If they slow us again, we follow again."))
    return redirect("deliverability-lane", provider_id, mailbox_provider)


def _line(state: WayState, zone: str) -> dict[str, Any]:
    return {
        "state": state,
        "name": provider_name(state.way.mailbox_provider),
        "standing": standing(state, zone),
        # The counts of five minutes still tell of what left before.
        "rate": "–" if state.pace and state.pace.quiet_until else rate_words(state.lately.rate),
        "last_change": change_words(state.change, zone) if state.change else "",
    }


def _provider(found: WayStates, provider_id: int, zone: str) -> dict[str, Any]:
    """A way out as a whole, with what is wrong with it."""
    health = found.healths[provider_id]
    words, kind = standing_words(health.standing)
    if health.standing == ProviderStanding.OUT and health.until:
        words = _("Left alone until %(when)s") % {"when": moment_words(health.until, zone)}
    why = health.why if health.standing != ProviderStanding.WORKS else ""
    return {"provider_id": provider_id, "words": words, "kind": kind, "why": why}


def _verdict(
    found: WayStates, lines: list[dict[str, Any]], held: list[HeldStream], alerts: list[Alert]
) -> dict[str, Any]:
    """One plain sentence: all is well, or what needs a person."""
    if found.is_broker_down:
        text = _("Nothing new leaves until it does; nobody is lost. Ask whoever runs the server to start it.")
        return {"kind": "bad", "title": _("Redis does not answer"), "text": text}
    if held:
        names = ", ".join(f"“{stream.name}”" for stream in held)
        title = _("%(names)s stands still") if len(held) == 1 else _("%(names)s stand still")
        return {"kind": "bad", "title": title % {"names": names}, "text": _("What to do stands below.")}
    if alerts:
        title = alerts[0].title if len(alerts) == 1 else _("%(count)s things need you") % {"count": len(alerts)}
        text = alerts[0].text if len(alerts) == 1 else "; ".join(alert.title for alert in alerts) + "."
        kind = "bad" if alerts[0].severity == Alert.Severity.CRITICAL else "warn"
        return {"kind": kind, "title": title, "text": text, "href": reverse("alerts"), "action": _("Open alerts")}
    slowed = [str(line["name"]) for line in lines if line["standing"].kind in ("warn", "bad")]
    if not slowed:
        return {"kind": "ok", "title": _("All is well"), "text": _("Nothing keeps mail back, and nothing needs you.")}
    names = ", ".join(slowed[:_MOST_NAMED]) + (_(" and others") if len(slowed) > _MOST_NAMED else "")
    text = _("%(names)s: mail leaves more slowly there. We follow by ourselves, and nobody is lost.")
    return {"kind": "ok", "title": _("Nothing needs you"), "text": text % {"names": names}}


def _chart(slots: list[Slot], zone: str) -> dict[str, Any]:
    labels = [f"{slot.start.astimezone(ZoneInfo(zone)):%H:%M}" for slot in slots]
    accepted, deferred = sum(slot.accepted for slot in slots), sum(slot.deferred for slot in slots)
    values = {
        "first": moment_words(slots[0].start, zone),
        "last": moment_words(slots[-1].start, zone),
        "accepted": f"{accepted:,}",
        "deferred": f"{deferred:,}",
    }
    words = _("From %(first)s to %(last)s: %(accepted)s accepted, %(deferred)s put off.")
    return {
        "is_empty": not accepted + deferred,
        "labels": labels,
        "series": [
            (_("Put off"), [slot.deferred for slot in slots]),
            (_("Accepted"), [slot.accepted for slot in slots]),
        ],
        "summary": words % values,
    }


def _reply(each: Refusal) -> dict[str, Any]:
    words, kind = KINDS[each.kind]
    return {"row": each, "words": words, "kind": kind, "class": CLASSES[each.verdict.kind][0] if each.verdict else ""}


def _mailing(each: MailingLately, way: WayKey) -> dict[str, Any]:
    numbers = [
        (_("Accepted"), each.accepted, "accepted"),
        (_("Put off"), each.deferred, "deferred"),
        (_("Bounced"), each.bounced, "bounced"),
        (_("Reported as spam"), each.complained, "complained"),
    ]
    return {
        "row": each,
        "url": campaign_url(each.composer, each.reference),
        "cells": [(words, count, _people(each, which, way)) for words, count, which in numbers],
    }


def _people(each: MailingLately, which: str, way: WayKey) -> str:
    url = campaign_url(each.composer, each.reference, which)
    return f"{url}?provider={way.mailbox_provider}" if url else ""


def _limits(way: WayKey) -> dict[str, Any]:
    """What bounds it, and who says so."""
    rows = WayLimit.objects.filter(provider_id=way.provider_id, mailbox_provider__in=(way.mailbox_provider, EVERYBODY))
    own = {row.mailbox_provider: row for row in rows}
    row = own.get(way.mailbox_provider) or own.get(EVERYBODY)
    if row:
        return {"row": row, "source": row.source or _("Your team")}
    if Provider.objects.filter(pk=way.provider_id, paces_itself=True).exists():
        return {"row": None, "source": _("It has a queue of its own and paces by itself, so nothing is limited here.")}
    return {"row": shipped_limits(way.mailbox_provider), "source": source_of_limits(way.mailbox_provider)}


def _stream_limits(way: WayKey) -> list[tuple[Lane, str]]:
    """What single streams are held to besides, each by its own line or by that for everybody."""
    rows = Lane.objects.filter(
        Q(stream__provider_id=way.provider_id) | Q(stream__route__provider_id=way.provider_id),
        mailbox_provider__in=(way.mailbox_provider, EVERYBODY),
    )
    # A stream's own line comes last, and stays.
    lines = sorted(rows.select_related("stream").distinct(), key=lambda row: row.mailbox_provider != EVERYBODY)
    found = {row.stream_id: row for row in lines}
    return [(row, _limit_words(row)) for row in sorted(found.values(), key=lambda row: row.stream.name)]


def _limit_words(row: Lane) -> str:
    count = row.max_connections
    connections = _("1 connection") if count == 1 else _("%(count)s connections") % {"count": f"{count:,}"}
    if not row.messages_per_second:
        return connections
    values = {"rate": rate_words(row.messages_per_second), "connections": connections}
    return _("%(rate)s over %(connections)s") % values


def _zone(request: HttpRequest) -> str:
    return str(getattr(request.user, "time_zone", "") or "UTC")
