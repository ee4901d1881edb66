"""Plans the warm-up of a way out with a list: shows what each curve would mean, and starts it."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from deliverability.errors import WarmupRefused
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.warmup_curves import CUSTOM, read_steps, shipped_curves
from deliverability.queries.warmup_forecast import Forecast, forecast_curve
from deliverability.queries.warmup_plans import ways_out
from deliverability.services.warmup import start_plan
from subscribers.queries.audience.bands import engagement_bands
from subscribers.queries.lists.sizes import list_sizes

_MOST_POINTS = 120


def _ways() -> list[tuple[str, str]]:
    free = [(str(key), name) for key, name, is_warming in ways_out() if not is_warming]
    return [("", _("Choose…")), *free]


def _warm_sources() -> list[tuple[str, str]]:
    others = [(str(key), _("It leaves through %(name)s") % {"name": name}) for key, name, _is_warming in ways_out()]
    return [("", _("It waits for the next day; nothing is lost")), *others]


def _lists() -> list[tuple[str, str]]:
    largest_first = sorted(list_sizes(), key=lambda each: -each.subscribed)
    return [(str(each.id), each.name) for each in largest_first] + [("", _("No list: caps alone"))]


def _curves() -> list[tuple[str, str]]:
    return [*((each.key, each.name) for each in shipped_curves()), (CUSTOM, _("A curve of your own"))]


class WarmupForm(forms.Form):
    """The way out is needed to start, not to see what a curve means."""

    provider = forms.ChoiceField(label=gettext_lazy("Way out"), choices=_ways)
    mailing_list = forms.ChoiceField(
        label=gettext_lazy("The list that it sends to first"),
        required=False,
        help_text=gettext_lazy("Week one reaches a tenth of it at most. The forecast counts who may get mail now."),
    )
    curve = forms.ChoiceField(label=gettext_lazy("Curve"), choices=_curves, widget=forms.RadioSelect)
    steps = forms.CharField(
        label=gettext_lazy("Messages a day, for a curve of your own"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy(
            "To each mailbox provider, such as 200 400 800 1600. After the last day nothing is capped."
        ),
    )
    is_engaged_first = forms.BooleanField(
        label=gettext_lazy("In week one, write only to people who opened or clicked in the last 30 days"),
        required=False,
        help_text=gettext_lazy(
            "They open what they get and do not complain: that is the best first impression. The others follow after a "
            "week, the most engaged first. Leave it out where nobody has opened anything yet."
        ),
    )

    def clean_steps(self) -> list[int]:
        if self.cleaned_data.get("curve") != CUSTOM:
            return []
        try:
            return read_steps(self.cleaned_data["steps"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    warm_source = forms.ChoiceField(
        label=gettext_lazy("What goes beyond a day's cap"),
        choices=_warm_sources,
        required=False,
        help_text=gettext_lazy("Choose another provider only if it is warm: it takes all the rest at once."),
    )

    def __init__(self, given: Any, lists: list[tuple[str, str]]) -> None:
        super().__init__(given)
        # Sizing the lists of a million takes 50 ms, and a field would ask for its choices again and again.
        cast(forms.ChoiceField, self.fields["mailing_list"]).choices = lists
        self.fields["provider"].required = "start" in given


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("deliverability.manage", raise_exception=True)
def new_warmup(request: HttpRequest) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    lists = _lists()
    form = WarmupForm(given or _first_look(lists), lists)
    bands: dict[str, dict[int, int]] = {}
    # Sorting a list of a million takes a second, so the page comes first and asks for the forecast by itself.
    if given and form.is_valid() and form.cleaned_data["mailing_list"]:
        bands = engagement_bands(int(form.cleaned_data["mailing_list"]))
    if given and "start" in given and form.is_valid():
        try:
            return _start(request, form.cleaned_data, bands)
        except WarmupRefused as error:
            form.add_error("provider", str(error))
    return render(request, "subscribers/warmup.html", {**_context(form, bands), "is_first_look": given is None})


def _start(request: HttpRequest, chosen: dict[str, Any], bands: dict[str, dict[int, int]]) -> HttpResponse:
    plan = start_plan(
        actor=cast(Any, request.user),
        provider_id=int(chosen["provider"]),
        curve=chosen["curve"],
        steps=chosen["steps"],
        audience={name: sum(people.values()) for name, people in bands.items()},
        is_engaged_first=chosen["is_engaged_first"],
        warm_source_id=int(chosen["warm_source"]) if chosen["warm_source"] else None,
    )
    messages.success(request, _("The warm-up has begun. Today's caps hold from now on."))
    return redirect("warmup", plan.pk)


def _first_look(lists: list[tuple[str, str]]) -> dict[str, Any]:
    """What is chosen before anybody has chosen: the largest list, the most careful curve."""
    return {"mailing_list": lists[0][0], "curve": shipped_curves()[0].key, "is_engaged_first": "on"}


def _context(form: WarmupForm, bands: dict[str, dict[int, int]]) -> dict[str, Any]:
    context: dict[str, Any] = {
        "form": form,
        "curves": shipped_curves(),
        "custom": CUSTOM,
        "has_ways": len(_ways()) > 1,
        "chosen": form.data.get("curve"),
    }
    is_valid = form.is_valid()
    # Not to look, but to start; said where people choose.
    form.fields["provider"].required = True
    if not is_valid:
        return context
    chosen = form.cleaned_data
    steps = next((each.steps for each in shipped_curves() if each.key == chosen["curve"]), chosen["steps"])
    context["curve_chart"] = _curve_chart(list(steps))
    if bands:
        forecast = forecast_curve(
            bands, curve=chosen["curve"], steps=chosen["steps"], is_engaged_first=chosen["is_engaged_first"]
        )
        context |= _forecast(forecast, bands)
    return context


def _curve_chart(steps: list[int]) -> dict[str, Any]:
    summary = _("From %(first)s messages on the first day to %(last)s on day %(days)s; then there is no limit.") % {
        "first": f"{steps[0]:,}",
        "last": f"{steps[-1]:,}",
        "days": len(steps),
    }
    labels = [_("Day %(number)s") % {"number": number} for number in range(1, len(steps) + 1)]
    return {"labels": labels, "series": [(_("Messages"), steps)], "summary": summary}


def _forecast(forecast: Forecast, bands: dict[str, dict[int, int]]) -> dict[str, Any]:
    days = forecast.days
    engaged = sum(people.get(0, 0) for people in bands.values())
    shown = days[:: max(1, len(days) // _MOST_POINTS)]
    if shown[-1] is not days[-1]:
        shown.append(days[-1])
    end = date_format(forecast.reached_on, "j F Y") if forecast.reached_on else ""
    reached = [forecast.people - day.left for day in shown]
    summary = _("Of %(people)s people, %(week)s are reached in week one and %(all)s by %(end)s.") % {
        "people": f"{forecast.people:,}",
        "week": f"{forecast.first_week:,}",
        "all": f"{reached[-1]:,}",
        "end": date_format(days[-1].day, "j F Y"),
    }
    return {
        "people": forecast.people,
        "engaged": engaged,
        "first_week": forecast.first_week,
        "share": 100 * forecast.first_week / forecast.people,
        "end": end,
        "forecast_chart": {
            "labels": [date_format(day.day, "j M") for day in shown],
            "series": [(_("Reached"), reached)],
            "summary": summary,
        },
        "slowest": [
            (provider_name(name), column[-1].day, sum(bands[name].values()))
            for name, column in sorted(forecast.by_mailbox_provider.items(), key=lambda item: -len(item[1]))[:6]
        ],
    }
