"""Consent upkeep: permission that ends by itself, questions that were asked again, and tracking to ask about anew."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from subscribers.queries.consent.choices import list_choices
from subscribers.queries.consent.expiring import expiring_lists, expiring_people, tracking_due
from subscribers.queries.consent.reconfirming import reconfirmations
from subscribers.queries.lists.sizes import list_of
from subscribers.services.expiry_warnings import expiring_segment
from subscribers.views.audience.words import BASIS_NAMES

may_see = permission_required("subscribers.view", raise_exception=True)
ON_A_PAGE = 100


@require_safe
@may_see
def consent(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    due = tracking_due(now, most=ON_A_PAGE + 1)
    context = {
        "lines": expiring_lists(now),
        "asked": reconfirmations(),
        "tracking": due[:ON_A_PAGE],
        "has_more": len(due) > ON_A_PAGE,
        "lists": list_choices(),
    }
    return render(request, "subscribers/audience/consent.html", context)


@require_safe
@may_see
def ending(request: HttpRequest, list_id: int) -> HttpResponse:
    """The people of one list whose permission ends next."""
    found = list_of(list_id)
    if found is None:
        raise Http404
    people = [
        (standing, BASIS_NAMES.get(standing.consent.basis, "") if standing.consent else "")
        for standing in expiring_people(list_id, timezone.now(), most=ON_A_PAGE)
    ]
    return render(request, "subscribers/audience/consent_ending.html", {"list": found, "people": people})


@require_POST
@permission_required("subscribers.edit", raise_exception=True)
def ending_segment(request: HttpRequest, list_id: int) -> HttpResponse:
    segment = expiring_segment(actor=cast(Any, request.user), list_id=list_id)
    messages.success(request, _("“%(name)s” is kept as a segment.") % {"name": segment.name})
    return redirect("segment", segment.pk)
