"""The queue of privacy requests: who asks what, until when, and what the team did about it."""

from datetime import UTC, datetime, time
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.errors import RequestRefused, SubscribersError
from subscribers.models import Contact, PrivacyRequest
from subscribers.queries.people import contact_id_of
from subscribers.queries.rights.requests import answered_requests, count_waiting, one_request, waiting_requests
from subscribers.services.rights import (
    end_restriction,
    extend_request,
    fulfil,
    note_download,
    note_identity,
    open_request,
    refuse,
)
from subscribers.types import RequestKind, RequestState
from subscribers.views.audience.privacy_forms import RequestForm
from subscribers.views.audience.privacy_words import KINDS, LAWS, STATES, WANTS, time_left, who
from subscribers.views.dispatching import send_soon
from subscribers.views.my_data import archive_of

may_view = permission_required("subscribers.view", raise_exception=True)
may_answer = permission_required("subscribers.privacy", raise_exception=True)
# Typed before somebody is erased: what cannot be taken back is never one slip away.
ERASE = "ERASE"


@require_safe
@may_view
def privacy_requests(request: HttpRequest) -> HttpResponse:
    is_answered = request.GET.get("show") == "answered"
    below = request.GET.get("below", "")
    page = answered_requests(below=int(below) if below.isdecimal() and len(below) < 19 else 0) if is_answered else None
    rows = page.rows if page else waiting_requests()
    return render(
        request,
        "subscribers/audience/privacy_requests.html",
        {
            "lines": [_line(row) for row in rows],
            "waiting": count_waiting(),
            "is_answered": is_answered,
            "older": f"?show=answered&below={page.older}" if page and page.older else "",
            "newer": "?show=answered" if below else "",
            "may_note": _may_note(request),
        },
    )


@require_safe
@may_view
def privacy_request(request: HttpRequest, request_id: int) -> HttpResponse:
    found = _found(request_id)
    return render(
        request,
        "subscribers/audience/privacy_request.html",
        {
            **_line(found),
            "wants": WANTS[found.kind],
            "law": LAWS[found.law],
            "steps": found.steps.order_by("-pk"),
            "is_open": found.state == RequestState.OPEN,
            "may_refuse": found.kind != RequestKind.OBJECTION,
            "erase": ERASE,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: HttpRequest) -> HttpResponse:
    if not _may_note(request):
        raise PermissionDenied
    form = RequestForm(request.POST or None, initial=_initial(request))
    if form.is_valid():
        given = form.cleaned_data
        # The day's beginning: the clock never starts later than they asked.
        received_at = datetime.combine(given["received_on"], time(), UTC)
        try:
            made = open_request(
                contact_id=contact_id_of(given["address"]),
                kind=RequestKind(given["kind"]),
                source=given["source"],
                actor=cast(Any, request.user),
                address=given["address"],
                details=given["details"],
                country=given["country"],
                received_at=received_at,
            )
        except SubscribersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Noted. The law's clock runs; you see how long you have."))
            return redirect("privacy-request", made.pk)
    return render(request, "subscribers/audience/privacy_new.html", {"form": form})


@require_POST
@may_answer
def answer_request(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """One thing that is done about a request; `act` says which."""
    found = _found(request_id)
    if request.POST.get("act") == "download":
        return _download(request, found)
    try:
        done = _answer(request, found)
    except SubscribersError as refused:
        messages.error(request, str(refused))
    else:
        if done is None:
            return HttpResponseBadRequest()
        messages.success(request, done)
    return redirect("privacy-request", request_id)


@require_POST
@may_answer
def lift_restriction(request: HttpRequest, contact_id: int) -> HttpResponse:
    if end_restriction(contact_id=contact_id, actor=cast(Any, request.user)):
        messages.success(request, _("The restriction is over. They get what they are subscribed to again."))
    return redirect("contact", contact_id)


@transaction.atomic
def _answer(request: HttpRequest, found: PrivacyRequest) -> str | None:
    given, actor = request.POST, cast(Any, request.user)
    match given.get("act"):
        case "identity":
            note_identity(request_id=found.pk, actor=actor, how=given.get("how", ""))
            return _("Noted how you know who asks.")
        case "extend":
            extend_request(request_id=found.pk, actor=actor, because=given.get("because", ""))
            send_soon()
            return _("Extended. A mail tells them why.")
        case "refuse":
            is_told = refuse(request_id=found.pk, actor=actor, reason=given.get("reason", ""))
            send_soon()
            return _("Refused. A mail tells them why.") if is_told else _("Refused. Tell them why: we have no contact.")
        case "fulfil":
            if found.kind == RequestKind.ERASURE and found.contact_id and given.get("typed", "").strip() != ERASE:
                raise RequestRefused(_("Nobody was erased: type %(word)s to say that you mean it.") % {"word": ERASE})
            fulfil(request_id=found.pk, actor=actor, note=given.get("note", ""))
            send_soon()
            return _("Done, and written down.")
    return None


def _download(request: HttpRequest, found: PrivacyRequest) -> HttpResponseBase:
    if found.contact is None:
        raise Http404
    note_download(request_id=found.pk, actor=cast(Any, request.user))
    return archive_of(found.contact)


def _line(row: PrivacyRequest) -> dict[str, Any]:
    state, kind = STATES[row.state]
    return {
        "row": row,
        "who": who(row),
        "what": KINDS[row.kind],
        "state": state,
        "state_kind": kind,
        "left": time_left(row) if row.state == RequestState.OPEN else None,
    }


def _initial(request: HttpRequest) -> dict[str, Any]:
    contact_id = request.GET.get("contact", "")
    contact = Contact.objects.filter(pk=contact_id).first() if contact_id.isdecimal() and len(contact_id) < 19 else None
    return {"received_on": timezone.localdate(), "address": contact.email if contact else ""}


def _may_note(request: HttpRequest) -> bool:
    return request.user.has_perm("subscribers.privacy") or request.user.has_perm("subscribers.edit")


def _found(request_id: int) -> PrivacyRequest:
    found = one_request(request_id)
    if found is None:
        raise Http404(_("This request is not there any more."))
    return found
