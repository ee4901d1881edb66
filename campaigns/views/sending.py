"""From a finished draft to mail that leaves, and back: test, review, send, undo, pause, resume, cancel."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import OrganisationMissing
from accounts.queries.team import member_id
from accounts.rules.clocks import day_and_clock
from campaigns.errors import TestRefused, UnusableTime
from campaigns.models import Campaign
from campaigns.queries.approval import approval_limit, gap_of
from campaigns.queries.audience_words import audience_name, segment_names
from campaigns.queries.one import campaign_of
from campaigns.services.approval import approve
from campaigns.services.control import cancel, pause, resume
from campaigns.services.edit import edit
from campaigns.services.review import review
from campaigns.services.schedule import schedule, unschedule
from campaigns.services.send_test import send_test
from campaigns.views.checklist import finding
from campaigns.views.words import REASONS
from templates_app.errors import TemplateErrors


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("campaigns.edit", raise_exception=True)
def test_drawer(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A drawer that asks for an address. The page was saved before it opened, so what stands there is what is sent."""
    campaign = campaign_of(campaign_id)
    address = request.POST.get("address") or str(getattr(request.user, "email", ""))
    problems: list[str] = []
    if request.method == "POST":
        try:
            sent = send_test(campaign_id=campaign_id, address=address, actor=request.user)
        except TemplateErrors as errors:
            problems = [str(problem) for problem in errors.problems]
        except (TestRefused, OrganisationMissing) as error:
            problems = [str(error)]
        else:
            messages.success(request, _("A test is on its way to %(address)s.") % {"address": sent.address})
            return _closed(request, campaign_id)
    context = {"campaign": campaign, "address": address, "problems": problems}
    return render(request, "campaigns/test.html", context)


@require_POST
@permission_required("campaigns.edit", raise_exception=True)
def review_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Freezes the content and shows what is about to happen: in a drawer, or on a page without script."""
    found = review(campaign_id=campaign_id, actor=request.user)
    campaign = campaign_of(campaign_id)
    zone = str(getattr(request.user, "time_zone", "") or "UTC")
    context = {
        "campaign": campaign,
        "counts": found.counts,
        "lists": audience_name(campaign),
        "segments": segment_names(campaign),
        "reasons": [(REASONS[reason], reason.value, count) for reason, count in found.counts.excluded.items()],
        "must_fix": [finding(campaign, problem, request.user, is_grave=True) for problem in found.must_fix],
        "worth_a_look": [finding(campaign, problem, request.user, is_grave=False) for problem in found.worth_a_look],
        "is_ready": found.is_ready,
        "gap": gap_of(campaign, people=found.counts.included, requester_id=member_id(request.user)),
        "approval_limit": approval_limit(),
        "may_send": request.user.has_perm("campaigns.send"),
        "chosen_time": day_and_clock(campaign.send_at, campaign.time_zone) if campaign.send_at else "",
        "own_time": day_and_clock(campaign.send_at, zone) if campaign.send_at and zone != campaign.time_zone else "",
    }
    name = "review_drawer" if request.htmx else "review_page"  # type: ignore[attr-defined]
    return render(request, f"campaigns/{name}.html", context)


@require_POST
@permission_required("campaigns.send", raise_exception=True)
def send(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = campaign_of(campaign_id)
    try:
        schedule(campaign_id=campaign_id, actor=request.user, send_at=campaign.send_at, time_zone=campaign.time_zone)
    except UnusableTime as error:
        messages.error(request, str(error))
    return _to_campaign(request, campaign_id)


def _step(service: Callable[..., Campaign], words: Promise) -> Callable[..., HttpResponse]:
    @require_POST
    @permission_required("campaigns.send", raise_exception=True)
    def take(request: HttpRequest, campaign_id: int) -> HttpResponse:
        service(campaign_id=campaign_id, actor=request.user)
        messages.success(request, str(words))
        return _to_campaign(request, campaign_id)

    return take


def _back_to_draft(*, campaign_id: int, actor: Any) -> Campaign:
    unschedule(campaign_id=campaign_id, actor=actor)
    return edit(campaign_id=campaign_id, changes={}, actor=actor)


@require_POST
@permission_required("campaigns.approve", raise_exception=True)
def approve_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    approve(campaign_id=campaign_id, actor=request.user)
    messages.success(request, _("Approved. A colleague can send it now; any edit takes this back."))
    return _to_campaign(request, campaign_id)


undo = _step(_back_to_draft, gettext_lazy("Unscheduled: nothing was sent. The campaign is a draft again."))
pause_sending = _step(pause, gettext_lazy("Paused. What is on the wire this second still arrives; nothing new leaves."))
resume_sending = _step(resume, gettext_lazy("Resumed where it stopped. Nobody gets a second copy."))
cancel_sending = _step(cancel, gettext_lazy("Cancelled. Whoever had not been sent to yet gets nothing."))


def _to_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("campaign", campaign_id)
    response = HttpResponse()
    response["HX-Redirect"] = reverse("campaign", args=[campaign_id])
    return response


def _closed(request: HttpRequest, campaign_id: int) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("campaign", campaign_id)
    response = HttpResponse()
    response["HX-Trigger"] = '{"close-drawer": {}}'
    return response
