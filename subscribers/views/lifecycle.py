"""The lifecycle's stages under Settings: what each means, with how many people it would hold."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from subscribers.errors import LifecycleRefused
from subscribers.queries.engagement.lifecycle import lifecycle_stages, stage_counts
from subscribers.rules.lifecycle import LONGEST, Stages, why_refused
from subscribers.services.lifecycle import define_stages
from subscribers.tasks import score_contacts
from subscribers.views.audience.identity_words import STAGES

may_edit = permission_required("subscribers.edit", raise_exception=True)


def _days(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=LONGEST)


class StagesForm(forms.Form):
    new = _days(gettext_lazy("New for so many days"), gettext_lazy("Counted from the day they joined."))
    active = _days(
        gettext_lazy("Active for so many days"), gettext_lazy("Counted from the last time they opened or clicked.")
    )
    at_risk = _days(
        gettext_lazy("At risk until so many days"), gettext_lazy("Without a sign of life; then they are dormant.")
    )
    dormant = _days(gettext_lazy("Dormant until so many days"), gettext_lazy("After that they are lost."))


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def lifecycle_page(request: HttpRequest) -> HttpResponse:
    stages = lifecycle_stages()
    names = ("new", "active", "at_risk", "dormant")
    form = StagesForm(request.POST or None, initial={name: getattr(stages, name) for name in names})
    if form.is_valid():
        try:
            define_stages(actor=cast(Any, request.user), stages=Stages(**form.cleaned_data))
        except LifecycleRefused as refused:
            form.add_error(None, str(refused))
        else:
            score_contacts.delay()
            messages.success(request, _("Saved. Segments use it at once; the stages on profiles follow in a moment."))
            return redirect("settings-lifecycle")
    return render(request, "subscribers/lifecycle.html", {"form": form, **_counted(stages)})


@require_POST
@may_edit
def lifecycle_preview(request: HttpRequest) -> HttpResponse:
    """What the stages would hold by the numbers as they are typed."""
    form = StagesForm(request.POST)
    problem = "" if form.is_valid() else _("Enter a whole number of days for each stage.")
    stages = Stages(**form.cleaned_data) if not problem else None
    problem = problem or (why_refused(stages) if stages else "")
    context = {"problem": problem} if problem or stages is None else _counted(stages)
    return render(request, "subscribers/lifecycle_counts.html", context)


def _counted(stages: Stages) -> dict[str, Any]:
    counts = stage_counts(stages)
    total = sum(counts.values())
    lines = [
        {"words": STAGES[stage][0], "kind": STAGES[stage][1], "people": people, "percent": 100 * people / (total or 1)}
        for stage, people in counts.items()
    ]
    return {"lines": lines, "total": total}
