"""Frequency under Settings: how many mails one person gets in how many days, and at which hours none."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from deliverability.queries.streams import marketing_streams, stream_names
from subscribers.errors import FrequencyRefused
from subscribers.models import FrequencyCap
from subscribers.queries.audience.quiet_hours import quiet_hours
from subscribers.services.frequency import MOST_DAYS, lift_quiet_hours, remove_cap, set_cap, set_quiet_hours

_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class CapForm(forms.Form):
    most = forms.IntegerField(label=gettext_lazy("At most so many mails"), min_value=1, max_value=100, initial=3)
    days = forms.IntegerField(label=gettext_lazy("in so many days"), min_value=1, max_value=MOST_DAYS, initial=7)
    stream = forms.ChoiceField(label=gettext_lazy("Counting"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_one = [(str(each.id), _("“%(name)s” alone") % {"name": each.name}) for each in marketing_streams()]
        cast(forms.ChoiceField, self.fields["stream"]).choices = [("", _("all marketing mail together")), *of_one]


class QuietForm(forms.Form):
    begins = forms.TimeField(label=gettext_lazy("From"), initial="21:00", widget=_TIME)
    ends = forms.TimeField(label=gettext_lazy("until"), initial="08:00", widget=_TIME)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("deliverability.manage", raise_exception=True)
def frequency_page(request: HttpRequest) -> HttpResponse:
    """Two forms and a list; what a button does stands in its `do`."""
    quiet = quiet_hours()
    now = {"begins": quiet.begins, "ends": quiet.ends} if quiet else None
    cap_form: forms.Form = CapForm(auto_id="cap_%s")
    quiet_form: forms.Form = QuietForm(initial=now, auto_id="quiet_%s")
    if request.method == "POST":
        done = _DO.get(request.POST.get("do", ""), _ignored)(request)
        if done is None:
            return redirect("settings-frequency")
        cap_form, quiet_form = (done, quiet_form) if isinstance(done, CapForm) else (cap_form, done)
    names = stream_names()
    caps = [(cap, names.get(cap.stream_id or 0, "")) for cap in FrequencyCap.objects.order_by("stream_id", "id")]
    context = {"caps": caps, "quiet": quiet, "cap_form": cap_form, "quiet_form": quiet_form}
    return render(request, "subscribers/frequency.html", context)


def _cap(request: HttpRequest) -> forms.Form | None:
    form = CapForm(request.POST, auto_id="cap_%s")
    if not form.is_valid():
        return form
    given = form.cleaned_data
    stream_id = int(given["stream"]) if given["stream"] else None
    set_cap(actor=cast(Any, request.user), most=given["most"], days=given["days"], stream_id=stream_id)
    messages.success(request, _("The cap is saved. It holds for every mail that has not left yet."))
    return None


def _uncap(request: HttpRequest) -> None:
    if (key := request.POST.get("cap", "")).isdecimal() and len(key) < 19:
        remove_cap(actor=cast(Any, request.user), cap_id=int(key))
        messages.success(request, _("The cap is removed."))


def _quiet(request: HttpRequest) -> forms.Form | None:
    form = QuietForm(request.POST, auto_id="quiet_%s")
    if not form.is_valid():
        return form
    try:
        set_quiet_hours(actor=cast(Any, request.user), **form.cleaned_data)
    except FrequencyRefused as refused:
        form.add_error(None, str(refused))
        return form
    messages.success(request, _("The quiet hours are saved, for every campaign that starts from now on."))
    return None


def _loud(request: HttpRequest) -> None:
    lift_quiet_hours(actor=cast(Any, request.user))
    messages.success(request, _("There are no quiet hours any more. What waited for its morning leaves now."))


def _ignored(request: HttpRequest) -> None:
    """A button that this page does not know changes nothing."""


_DO: dict[str, Callable[[HttpRequest], forms.Form | None]] = {
    "cap": _cap,
    "uncap": _uncap,
    "quiet": _quiet,
    "loud": _loud,
}
