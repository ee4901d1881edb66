"""Lists, with the forms on which people sign up for them."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from subscribers import conf
from subscribers.models import MailingList
from subscribers.queries.consent.farewells import farewells_of_list
from subscribers.queries.lists.sizes import forms_of, list_of, list_sizes, sign_up_pages
from subscribers.services.lists import add_list, change_list
from subscribers.views.audience.forms import ListForm
from subscribers.views.audience.words import FAREWELLS

may_edit = permission_required("subscribers.edit", raise_exception=True)


@require_safe
@permission_required("subscribers.view", raise_exception=True)
def lists(request: HttpRequest) -> HttpResponse:
    pages = sign_up_pages()
    lines = [(each, pages.get(each.id, [])) for each in list_sizes()]
    return render(request, "subscribers/audience/lists.html", {"lines": lines, "base_url": conf.base_url()})


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def new_list(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.POST or None)
    if form.is_valid():
        made = add_list(actor=cast(Any, request.user), **form.cleaned_data)
        messages.success(request, _("“%(name)s” is there. Nobody is on it yet.") % {"name": made.name})
        return redirect("list", made.pk)
    return render(request, "subscribers/audience/list.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def edit_list(request: HttpRequest, list_id: int) -> HttpResponse:
    found = _list(list_id)
    columns = ("name", "description", "is_public")
    form = ListForm(request.POST or None, initial={name: getattr(found, name) for name in columns})
    if form.is_valid():
        change_list(actor=cast(Any, request.user), list_id=list_id, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("list", list_id)
    context = {
        "form": form,
        "list": found,
        "pages": forms_of(list_id),
        "base_url": conf.base_url(),
        **_farewells(list_id),
    }
    return render(request, "subscribers/audience/list.html", context)


def _farewells(list_id: int) -> dict[str, Any]:
    said = farewells_of_list(list_id)
    return {"farewells": [(FAREWELLS[reason], people) for reason, people in said.reasons], "parting_words": said.words}


def _list(list_id: int) -> MailingList:
    found = list_of(list_id)
    if found is None:
        raise Http404
    return found
