"""The table of contacts: search, filters, columns, saved views, export, and adding one by hand."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.audit import record
from deliverability.queries.mailbox_names import provider_name, provider_names
from subscribers.errors import AddressDoubted, ContactRefused
from subscribers.queries.consent.choices import list_choices
from subscribers.queries.contacts.columns import CUSTOM, FIXED, ColumnChoice, column_choices, saved_views
from subscribers.queries.contacts.filters import MOST_FOUND, Filters
from subscribers.queries.contacts.page import Row, contact_page, every_row
from subscribers.queries.segments import segment_names
from subscribers.services.contact_views import delete_view, keep_columns, save_view
from subscribers.services.contacts import add_contact
from subscribers.types import Basis
from subscribers.views.audience.forms import ContactForm
from subscribers.views.audience.words import COLUMNS, STATES, how_many, standing

may_view = permission_required("subscribers.view", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one person; the template knows how lists and moments look."""

    column: str
    label: Any
    value: Any


@require_safe
@may_view
def contacts(request: HttpRequest) -> HttpResponse:
    filters = Filters.read(request.GET.dict())
    page = contact_page(filters, after=_id(request, "after"), before=_id(request, "before"))
    columns = column_choices(_user_id(request))
    shown = [(choice.key, _label(choice)) for choice in columns if choice.is_shown]

    def address(**place: int) -> str:
        return "?" + "&".join(filter(None, [filters.query, urlencode(place)]))

    views = saved_views()
    return render(
        request,
        "subscribers/audience/contacts.html",
        {
            "filters": filters,
            "lists": list_choices(),
            "segments": segment_names(),
            "within": _named(filters),
            # Rules know no searches, pauses or suppressions: a segment of those would be another crowd.
            "can_be_segment": bool(filters) and not (filters.q or filters.paused or filters.suppressed),
            "states": [(state, words) for state, (words, _kind) in STATES.items()],
            "providers": provider_names(),
            "columns": [(choice, _label(choice)) for choice in columns],
            "headings": [label for _key, label in shown],
            "lines": [_line(row, shown) for row in page.rows],
            "views": views,
            "current_view": next((view for view in views if view.query == filters.query), None) if filters else None,
            "total": how_many(page.total),
            "is_cut": page.is_cut,
            "most": MOST_FOUND,
            "newer": address(before=page.newer) if page.newer else "",
            "older": address(after=page.older) if page.older else "",
        },
    )


@require_POST
@may_view
def columns(request: HttpRequest) -> HttpResponse:
    keep_columns(user_id=_user_id(request), columns=request.POST.getlist("column"))
    return _back(request)


@require_POST
@may_view
def keep_view(request: HttpRequest) -> HttpResponse:
    view = save_view(actor=cast(Any, request.user), name=request.POST.get("name", ""), query=_filters(request).query)
    messages.success(request, _("“%(name)s” is saved for the whole team.") % {"name": view.name})
    return _back(request)


@require_POST
@permission_required("subscribers.edit", raise_exception=True)
def forget_view(request: HttpRequest, view_id: int) -> HttpResponse:
    delete_view(actor=cast(Any, request.user), view_id=view_id)
    messages.success(request, _("The view is deleted. The contacts in it stay."))
    return redirect("contacts")


@require_POST
@permission_required("subscribers.export", raise_exception=True)
def export(request: HttpRequest) -> HttpResponseBase:
    """Everybody whom the filters find, with the columns that are shown, streamed as CSV."""
    filters = _filters(request)
    columns = [choice for choice in column_choices(_user_id(request)) if choice.is_shown]
    about = f"those with {filters.query}" if filters else "everybody"
    record(actor=cast(Any, request.user), text=f"Exported contacts: {about}.")
    answer = StreamingHttpResponse(_csv_lines(filters, columns), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="contacts-{timezone.now():%Y-%m-%d}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("subscribers.edit", raise_exception=True)
def new_contact(request: HttpRequest) -> HttpResponse:
    form, asked_about = ContactForm(request.POST or None), request.POST.get("asked_about", "")
    if form.is_valid():
        given = form.cleaned_data
        try:
            contact = add_contact(
                actor=cast(Any, request.user),
                email=given["email"],
                first_name=given["first_name"],
                last_name=given["last_name"],
                mailing_list_id=int(given["mailing_list"]),
                basis=Basis(given["basis"]),
                consent_source=given["consent_source"],
                country=given["country"],
                is_meant=given["email"] == asked_about,
            )
        except AddressDoubted as doubted:
            form.add_error("email", str(doubted))
            asked_about = given["email"]
        except ContactRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(email)s is subscribed.") % {"email": contact.email})
            return redirect("contact", contact.pk)
    context = {"form": form, "asked_about": asked_about, "has_lists": bool(list_choices())}
    return render(request, "subscribers/audience/contact_new.html", context)


def _named(filters: Filters) -> str:
    """Which segments narrow the table, in words; empty for none."""
    names = segment_names() if filters.segment or filters.without else {}
    within = [_("in “%(name)s”") % {"name": names[key]} for key in filters.segments if key in names]
    without = [_("not in “%(name)s”") % {"name": names[key]} for key in filters.others if key in names]
    return ", ".join([*within, *without])


def _line(row: Row, shown: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    words, kind = standing(row)
    cells = [Cell(key, label, _value(row, key)) for key, label in shown]
    return {"contact": row.contact, "standing": words, "kind": kind, "cells": cells}


def _value(row: Row, key: str) -> Any:
    contact = row.contact
    if key.startswith(CUSTOM):
        value = contact.attributes.get(key.removeprefix(CUSTOM), "")
        return {True: _("Yes"), False: _("No")}[value] if isinstance(value, bool) else value
    if key == "name":
        return contact.full_name
    if key == "lists":
        return ", ".join(row.lists)
    if key == "provider":
        return provider_name(contact.mailbox_provider)
    return getattr(contact, key)


def _label(choice: ColumnChoice) -> Any:
    return choice.label or COLUMNS[choice.key]


def _csv_lines(filters: Filters, columns: Sequence[ColumnChoice]) -> Iterator[str]:
    # A byte order mark tells Excel that it is UTF-8.
    yield "\ufeff" + _csv_line([*(COLUMNS[key] for key in FIXED), *map(_label, columns)])
    for row in every_row(filters):
        yield _csv_line([row.contact.email, standing(row)[0], *(_value(row, choice.key) for choice in columns)])


def _csv_line(values: Sequence[Any]) -> str:
    line = StringIO()
    csv.writer(line).writerow(map(_csv_cell, values))
    return line.getvalue()


def _csv_cell(value: Any) -> str:
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    # A spreadsheet runs what begins so as a formula, and anybody can sign up under such a name.
    return (
        f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not isinstance(value, int | float) else text
    )


def _filters(request: HttpRequest) -> Filters:
    return Filters.read(QueryDict(request.POST.get("query", "")).dict())


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('contacts')}?{_filters(request).query}".rstrip("?"))


def _id(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _user_id(request: HttpRequest) -> int:
    return int(cast(Any, request.user).pk)
