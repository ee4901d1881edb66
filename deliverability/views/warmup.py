"""Warm-ups: how each stands today, when everybody is reached, and what a person may do about it."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deliverability.errors import WarmupRefused
from deliverability.models import WarmupDay, WarmupPlan
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.warmup_forecast import Forecast
from deliverability.queries.warmup_plans import MailboxLine, PlanView, judged_days, open_plans, past_days, view_plans
from deliverability.rules.warmup import CURVES, Verdict
from deliverability.services.warmup import end_plan, pause_plan, resume_plan, step_back

Words = str | Promise
_MOST_NAMED = 8
VERDICTS: dict[str, tuple[str, str]] = {
    Verdict.HEALTHY: ("Healthy", "ok"),
    Verdict.LITTLE: ("Too little mail", ""),
    Verdict.HELD: ("Unhealthy", "warn"),
    Verdict.BACK: ("Very unhealthy", "bad"),
    Verdict.PAUSED: ("Paused", "warn"),
    Verdict.WARM: ("Warm", "ok"),
}


@require_safe
@permission_required("deliverability.view", raise_exception=True)
def warmups(request: HttpRequest) -> HttpResponse:
    return render(request, "deliverability/warmups.html", {"plans": [_summary(each) for each in open_plans()]})


@require_safe
@permission_required("deliverability.view", raise_exception=True)
def warmup(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = get_object_or_404(WarmupPlan.objects.select_related("provider", "warm_source"), pk=plan_id)
    [found] = view_plans([plan])
    context = _summary(found) | {
        "history": _history_chart(plan_id),
        "busy": [_line(plan, line) for line in found.busy],
        "idle": [provider_name(line.day.mailbox_provider) for line in found.idle[:_MOST_NAMED]],
        "idle_more": max(0, len(found.idle) - _MOST_NAMED),
        "idle_cap": found.idle[0].cap if found.idle else None,
        "days": [_judged(day) for day in judged_days(plan_id)],
        "verb_pause": [("verb", "pause")],
        "verb_end": [("verb", "end")],
    }
    return render(request, "deliverability/warmup.html", context)


@require_POST
@permission_required("deliverability.manage", raise_exception=True)
def act(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Pause, resume, step back or end, as the button says."""
    plan = get_object_or_404(WarmupPlan, pk=plan_id)
    actor, name = cast(Any, request.user), request.POST.get("mailbox_provider", "")
    verb = request.POST.get("verb")
    try:
        if verb == "pause":
            pause_plan(actor=actor, plan_id=plan.pk)
            said = _("Paused. Nothing leaves through this way out until somebody resumes it.")
        elif verb == "resume":
            resume_plan(actor=actor, plan_id=plan.pk, mailbox_provider=name)
            said = _("Resumed. It goes on where it was.")
        elif verb == "back":
            step_back(actor=actor, plan_id=plan.pk, mailbox_provider=name)
            said = _("Stepped back: it gets at most half as much from now on.")
        elif verb == "end":
            end_plan(actor=actor, plan_id=plan.pk)
            said = _("Ended. Nothing is capped by a warm-up any more.")
        else:
            raise Http404
    except WarmupRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("warmup", plan.pk) if verb != "end" else redirect("warmups")


def _summary(found: PlanView) -> dict[str, Any]:
    plan, forecast = found.plan, found.forecast
    curve = CURVES.get(plan.curve)
    state, kind = _plan_state(found)
    return {
        "plan": plan,
        "curve": curve.name if curve else _("A curve of your own"),
        "source": curve.source if curve else "",
        "state": state,
        "kind": kind,
        "sent": found.sent,
        "cap": found.cap,
        "waiting": found.waiting,
        "reached": _reached(plan, forecast),
        "chart": _forecast_chart(forecast),
    }


def _plan_state(found: PlanView) -> tuple[str, str]:
    plan = found.plan
    if plan.state == WarmupPlan.State.ENDED:
        return _("Ended"), ""
    if plan.state == WarmupPlan.State.PAUSED:
        return _("Paused"), "warn"
    if found.cap is None:
        return _("Warm"), "ok"
    paused = sum(line.day.phase == WarmupDay.Phase.PAUSED for line in found.lines)
    if paused:
        return _("Partly paused"), "warn"
    return _("Warming up"), "info"


def _reached(plan: WarmupPlan, forecast: Forecast) -> str:
    if plan.state == WarmupPlan.State.ENDED:
        return _("Nothing is capped any more.")
    if not forecast.people:
        return _("Nobody waits at the moment.")
    values = {"people": f"{forecast.people:,}", "day": ""}
    if plan.state == WarmupPlan.State.PAUSED:
        return _("%(people)s people wait until it is resumed.") % values
    if forecast.reached_on is None:
        return (
            _("%(people)s people wait, and not all of them are reached within a year. Choose a faster curve.") % values
        )
    values["day"] = date_format(forecast.reached_on, "j F Y")
    return _("%(people)s people wait. All of them are reached on %(day)s if every day stays healthy.") % values


def _line(plan: WarmupPlan, line: MailboxLine) -> dict[str, Any]:
    day = line.day
    state: tuple[Words, str] = (_("Step %(step)s of %(steps)s") % {"step": day.step + 1, "steps": len(plan.steps)}, "")
    if day.phase == WarmupDay.Phase.WARM:
        state = (_("Warm"), "ok")
    elif day.phase == WarmupDay.Phase.PAUSED and day.resumes_on:
        state = (_("Paused until %(day)s") % {"day": date_format(day.resumes_on, "j M")}, "bad")
    elif day.strikes:
        state = (_("Held back"), "warn")
    is_running = plan.state == WarmupPlan.State.RUNNING
    return {
        "key": day.mailbox_provider,
        "name": provider_name(day.mailbox_provider),
        "line": line,
        "state": state[0],
        "kind": state[1],
        "is_engaged_only": day.is_engaged_only,
        "resume_id": f"resume-{day.mailbox_provider}",
        "resume": [("verb", "resume"), ("mailbox_provider", day.mailbox_provider)],
        "back_id": f"back-{day.mailbox_provider}",
        "back": [("verb", "back"), ("mailbox_provider", day.mailbox_provider)],
        "may_resume": is_running and day.phase == WarmupDay.Phase.PAUSED,
        "may_step_back": is_running and day.phase != WarmupDay.Phase.PAUSED and day.step > 0,
    }


def _judged(day: WarmupDay) -> dict[str, Any]:
    words, kind = VERDICTS[day.verdict]
    return {"day": day, "name": provider_name(day.mailbox_provider), "verdict": words, "kind": kind}


def _forecast_chart(forecast: Forecast) -> dict[str, Any] | None:
    """People reached from today on, added up."""
    days = forecast.days
    if not days:
        return None
    reached = [forecast.people - day.left for day in days]
    end = date_format(days[-1].day, "j F Y")
    summary = _("Of %(people)s people who wait, %(first)s are reached today and %(all)s by %(end)s.") % {
        "people": f"{forecast.people:,}",
        "first": f"{reached[0]:,}",
        "all": f"{reached[-1]:,}",
        "end": end,
    }
    labels = [date_format(day.day, "j M") for day in days]
    return {"labels": labels, "series": [(_("Reached"), reached)], "summary": summary}


def _history_chart(plan_id: int) -> dict[str, Any] | None:
    days = past_days(plan_id)
    if len(days) < 2:
        return None
    summary = _("From %(first)s to %(last)s, %(sent)s messages left of %(allowed)s that were allowed.") % {
        "first": date_format(days[0][0], "j F"),
        "last": date_format(days[-1][0], "j F Y"),
        "sent": f"{sum(day[2] for day in days):,}",
        "allowed": f"{sum(day[1] for day in days):,}",
    }
    return {
        "labels": [date_format(day[0], "j M") for day in days],
        "series": [(_("Allowed"), [day[1] for day in days]), (_("Sent"), [day[2] for day in days])],
        "summary": summary,
    }
