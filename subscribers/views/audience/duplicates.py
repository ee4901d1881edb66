"""Contacts who may be one person: the pairs that were found, and the two of one side by side."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.errors import MergeRefused
from subscribers.queries.contacts.duplicates import Comparison, ListRow, ValueRow, compare_contacts, duplicate_page
from subscribers.rules.merging import Standing
from subscribers.services.merging import keep_apart, merge_contacts
from subscribers.tasks import look_for_duplicates
from subscribers.views.audience.identity_words import ALIKE, FIELD_NAMES
from subscribers.views.audience.values import shown
from subscribers.views.audience.words import STATES

may_view = permission_required("subscribers.view", raise_exception=True)
may_edit = permission_required("subscribers.edit", raise_exception=True)


@require_safe
@may_view
def duplicates(request: HttpRequest) -> HttpResponse:
    below = request.GET.get("below", "")
    page = duplicate_page(below=int(below) if below.isdecimal() and len(below) < 19 else 0)
    pairs = [(pair, [ALIKE[reason] for reason in pair.reasons]) for pair in page.pairs]
    return render(request, "subscribers/audience/duplicates.html", {"pairs": pairs, "older": page.older})


@require_POST
@may_edit
def look_again(request: HttpRequest) -> HttpResponse:
    look_for_duplicates.delay()
    messages.success(
        request, _("We are looking. With many contacts it takes a minute; then this page shows the pairs.")
    )
    return redirect("duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def compare(request: HttpRequest, keep_id: int, merge_id: int) -> HttpResponse:
    """The first is the one who stays. What is shown is what the merge does."""
    found = compare_contacts(keep_id, merge_id)
    if found is None:
        raise Http404
    problem = ""
    if request.POST.get("act") == "apart":
        keep_apart(first_id=keep_id, second_id=merge_id, actor=cast(Any, request.user))
        messages.success(request, _("They stay two people, and are suggested no more."))
        return redirect("duplicates")
    if request.POST.get("act") == "merge" and not (problem := _why_not(request)):
        try:
            merge_contacts(keep_id=keep_id, merge_id=merge_id, actor=cast(Any, request.user))
        except MergeRefused as refused:
            problem = str(refused)
        else:
            messages.success(
                request, _("They are one person now. Mail goes to %(email)s.") % {"email": found.kept.email}
            )
            return redirect("contact", keep_id)
    return render(request, "subscribers/audience/compare.html", {"problem": problem, **_context(found)})


def _why_not(request: HttpRequest) -> str:
    if request.POST.get("understood"):
        return ""
    return _("Nothing was merged yet. A merge cannot be undone: tick that you have read what it does.")


def _context(found: Comparison) -> dict[str, Any]:
    return {
        "kept": found.kept,
        "merged": found.merged,
        "outcome": found.outcome,
        "values": [_value_line(row) for row in found.values],
        "lists": [_list_line(row) for row in found.lists],
        "conflicts": sum(row.is_conflict for row in found.values),
    }


def _value_line(row: ValueRow) -> dict[str, Any]:
    values = {name: shown(getattr(row, name)) for name in ("kept", "merged", "after")}
    return {"label": FIELD_NAMES.get(row.name) or row.label or row.name, "is_conflict": row.is_conflict, **values}


def _list_line(row: ListRow) -> dict[str, Any]:
    words = {name: _state(getattr(row, name)) for name in ("kept", "merged", "after")}
    return {"name": row.name, "is_no": row.after.says_no and not (row.kept.says_no and row.merged.says_no), **words}


def _state(standing: Standing) -> tuple[Any, str]:
    return STATES[standing.state] if standing.state else ("–", "")
