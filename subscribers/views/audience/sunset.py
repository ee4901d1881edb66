"""The sunset policy: what it asks, whom it concerns now, and the people behind each number."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.errors import RulesRefused, SegmentRefused, SunsetRefused
from subscribers.queries.consent.choices import list_names
from subscribers.queries.sunset.effect import Counts, people_of, standing_counts, would_concern
from subscribers.queries.sunset.policy import judged_at, sunset_policy
from subscribers.rules.sunset import Step, what_is_wrong
from subscribers.services.sunset import change_policy, make_segment
from subscribers.views.audience.sunset_forms import SunsetForm
from subscribers.views.audience.sunset_words import STEPS, fading_line, how_it_stands

may_view = permission_required("subscribers.view", raise_exception=True)
may_edit = permission_required("subscribers.edit", raise_exception=True)
_ON_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@may_view
def sunset(request: HttpRequest) -> HttpResponse:
    """The policy with the numbers of the last night; a POST looks at what other settings would do, and keeps none."""
    policy = sunset_policy()
    form = SunsetForm(request.POST or None, policy=policy, lists=list(list_names().items()))
    counts, is_preview = standing_counts(), False
    if form.is_valid():
        if why := what_is_wrong(form.policy()):
            form.add_error(None, why)
        else:
            counts, is_preview = would_concern(form.policy()), True
    return _page(request, form, counts, is_preview=is_preview)


@require_POST
@may_edit
def save_sunset(request: HttpRequest) -> HttpResponse:
    form = SunsetForm(request.POST, policy=sunset_policy(), lists=list(list_names().items()))
    if form.is_valid():
        try:
            concerned = change_policy(actor=cast(Any, request.user), policy=form.policy())
        except SunsetRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It concerns %(count)s now.") % {"count": f"{concerned:,}"})
            return redirect("sunset")
    return _page(request, form, standing_counts(), is_preview=False)


@require_safe
@may_view
def sunset_people(request: HttpRequest, list_id: int, step: str) -> HttpResponse:
    name = list_names().get(list_id)
    if name is None or step not in set(Step):
        raise Http404
    after = request.GET.get("after", "")
    found = people_of(
        mailing_list_id=list_id,
        step=Step(step),
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        most=_ON_A_PAGE + 1,
    )
    people = found[:_ON_A_PAGE]
    return render(
        request,
        "subscribers/audience/sunset_people.html",
        {
            "list_id": list_id,
            "list_name": name,
            "step": step,
            "means": STEPS[Step(step)],
            "lines": [fading_line(each) for each in people],
            "after": people[-1].contact_id if len(found) > _ON_A_PAGE else None,
            "is_first_page": not after,
        },
    )


@require_POST
@may_edit
def sunset_segment(request: HttpRequest, list_id: int) -> HttpResponse:
    """A segment of those who are to be won back, ready for a campaign."""
    if list_id not in list_names():
        raise Http404
    try:
        segment = make_segment(actor=cast(Any, request.user), mailing_list_id=list_id)
    except (SegmentRefused, RulesRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The segment “%(name)s” is there. A campaign can go to it.") % {"name": segment.name}
        )
    return redirect("sunset-people", list_id, Step.WIN_BACK)


def _page(request: HttpRequest, form: SunsetForm, counts: Counts, *, is_preview: bool) -> HttpResponse:
    lines = [
        (list_id, name, form.list_field(list_id), [(step.value, counts.get(list_id, {}).get(step, 0)) for step in Step])
        for list_id, name in form.lists
    ]
    policy = sunset_policy()
    return render(
        request,
        "subscribers/audience/sunset.html",
        {
            "form": form,
            "lines": lines,
            "steps": STEPS.values(),
            "is_preview": is_preview,
            "policy": policy,
            "stands": how_it_stands(policy),
            "judged_at": judged_at(),
        },
    )
