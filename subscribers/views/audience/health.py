"""List health: who came and went, why, who is left, and where it leads; for one list or all, from the daily roll-up."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deliverability.queries.departures import most_departures
from subscribers.queries.consent.choices import list_names
from subscribers.queries.health.days import Health, health_of, people_behind
from subscribers.rules.health import Lost, Won, findings, forecast, span_of, weeks_of
from subscribers.services.mailing_titles import titles_of
from subscribers.types import MailingTitle
from subscribers.views.audience.health_words import (
    AMONG_SUPPRESSIONS,
    IN_LEDGER,
    LOST,
    WON,
    forecast_words,
    growth_summary,
    sentences,
)

may_view = permission_required("subscribers.view", raise_exception=True)
_ON_A_PAGE = 50
# Whole weeks, so that no weekday weighs more than another.
LATELY = 28


@require_safe
@may_view
def list_health(request: HttpRequest, list_id: int = 0) -> HttpResponse:
    names = list_names()
    if list_id and list_id not in names:
        raise Http404
    health = health_of(list_id or None)
    context = {"list_id": list_id, "list_name": names.get(list_id, ""), "tabs": _tabs(names, list_id)}
    if health is not None:
        context |= _shown(health, list_id)
    return render(request, "subscribers/audience/health.html", context)


@require_safe
@may_view
def people_who_turned(request: HttpRequest, list_id: int, kind: str) -> HttpResponse:
    """The people behind one number of the last four weeks, by the entry of the ledger that says so."""
    names = list_names()
    if kind not in IN_LEDGER or (list_id and list_id not in names):
        raise Http404
    after = request.GET.get("after", "")
    found = people_behind(
        kind=kind,
        mailing_list_id=list_id,
        days=LATELY,
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        most=_ON_A_PAGE + 1,
    )
    people = found[:_ON_A_PAGE]
    context = {
        "list_id": list_id,
        "list_name": names.get(list_id, ""),
        "kind": kind,
        "title": WON[Won(kind)] if kind in set(Won) else LOST[Lost(kind)],
        "people": people,
        "after": people[-1].id if len(found) > _ON_A_PAGE else None,
        "is_first_page": not after,
    }
    return render(request, "subscribers/audience/health_people.html", context)


def _tabs(names: dict[int, str], chosen: int) -> list[tuple[Any, str, bool, None]]:
    """All lists stand first."""
    lists = [(name, reverse("list-health-one", args=[key]), key == chosen, None) for key, name in names.items()]
    return [(_("All lists"), reverse("list-health"), not chosen, None), *lists]


def _shown(health: Health, list_id: int) -> dict[str, Any]:
    activity = health.activity
    weeks = weeks_of(health.days)
    lately, before = span_of(health.days[-LATELY:]), span_of(health.days[-2 * LATELY : -LATELY])
    found = findings(
        people=health.people,
        seen=activity.seen,
        active=activity.within_90_days,
        weeks=weeks,
    )
    coming = forecast(health.people, weeks_of(health.whole_days))
    active_share = activity.within_90_days / activity.seen if activity.seen else None
    return {
        "health": health,
        "lately": lately,
        "net": f"{lately.net:+,}".replace("-", "−"),
        "net_before": f"{before.net:+,}".replace("-", "−"),
        "active_percent": None if active_share is None else 100 * active_share,
        "forecast": coming,
        "forecast_words": forecast_words(coming),
        "sentences": sentences(
            found, weeks, seen=activity.seen, active=activity.within_90_days, worst=None if list_id else _worst()
        ),
        "won": [(WON[kind], count, _behind(kind, list_id)) for kind, count in lately.won.items()],
        "lost": [(LOST[kind], count, _behind(kind, list_id)) for kind, count in lately.lost.items()],
        "bands": _bands(health),
        "charts": _charts(health),
    }


def _behind(kind: Won | Lost, list_id: int) -> str:
    """Where the people of one number stand; empty where nobody keeps them apart."""
    if kind in IN_LEDGER:
        return reverse("list-health-people", args=[list_id, kind])
    if isinstance(kind, Lost) and kind in AMONG_SUPPRESSIONS:
        return f"{reverse('suppressions')}?reason={AMONG_SUPPRESSIONS[kind]}"
    return f"{reverse('suppressions')}?state=all"


def _worst() -> tuple[MailingTitle, int] | None:
    found = most_departures(since=timezone.now() - timedelta(days=LATELY))
    if found is None:
        return None
    title = titles_of([(found.composer, found.reference)]).get((found.composer, found.reference))
    return (title, found.people) if title else None


def _bands(health: Health) -> dict[str, Any]:
    activity = health.activity
    parts = [
        (_("Within 90 days"), activity.within_90_days, "delivered"),
        (_("Longer ago"), activity.once, "deferred"),
        (_("Never"), activity.never, "failed"),
        (_("They do not allow to see it"), activity.unseen, "waiting"),
    ]
    summary = ", ".join(f"{label}: {count:,}" for label, count, _kind in parts)
    return {"parts": parts, "summary": summary, "active": activity.active}


def _charts(health: Health) -> list[dict[str, Any]]:
    labels = [f"{day.day.day} {day.day:%b}" for day in health.days]
    sizes = [day.people for day in health.days]
    weeks = weeks_of(health.whole_days)
    size = _("From %(first)s people on %(day)s to %(last)s today.") % {
        "first": f"{sizes[0]:,}",
        "day": labels[0],
        "last": f"{sizes[-1]:,}",
    }
    charts: list[dict[str, Any]] = [
        {"title": _("People you may write to"), "labels": labels, "series": [(_("People"), sizes)], "summary": size},
        {
            "title": _("Won and lost, by whole weeks"),
            "labels": [f"{week.start.day} {week.start:%b}" for week in weeks],
            "series": [(_("Won"), [week.all_won for week in weeks]), (_("Lost"), [week.all_lost for week in weeks])],
            "summary": growth_summary(weeks),
        },
    ]
    if len(health.active_shares) > 1:
        first, last = health.active_shares[0], health.active_shares[-1]
        charts.append(
            {
                "title": _("Active share, in per cent"),
                "labels": [f"{day.day} {day:%b}" for day, _share in health.active_shares],
                "series": [
                    (_("Clicked or opened in 90 days"), [round(100 * share, 1) for _day, share in health.active_shares])
                ],
                "summary": _("From %(first)s %% to %(last)s %%.")
                % {"first": f"{100 * first[1]:.1f}", "last": f"{100 * last[1]:.1f}"},
            }
        )
    return charts
