"""Custom fields under Settings: what there are, who uses them, and what can be changed of each."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from subscribers.errors import FieldRefused
from subscribers.models import CustomField
from subscribers.queries.contacts.custom_fields import FieldLine, field_line, field_lines
from subscribers.services.custom_fields import archive_field, change_field, change_kind, create_field, restore_field
from subscribers.views.audience.words import KINDS

may_edit = permission_required("subscribers.edit", raise_exception=True)
_OPTIONS = gettext_lazy("One on each line. Who has an option that is gone from here keeps it; nobody new gets it.")


class LinesField(forms.CharField):
    """A text area whose lines are the values."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class NewFieldForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()))
    options = LinesField(
        label=gettext_lazy("Options of a choice"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line; only for a choice."),
    )


class FieldForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    options = LinesField(
        label=gettext_lazy("Options"), required=False, widget=forms.Textarea(attrs={"rows": 6}), help_text=_OPTIONS
    )

    def __init__(self, *given: Any, has_options: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        if not has_options:
            del self.fields["options"]


class KindForm(forms.Form):
    """`loses_values` appears once somebody has read what would be lost."""

    kind = forms.ChoiceField(label=gettext_lazy("New kind"), choices=list(KINDS.items()))
    options = LinesField(
        label=gettext_lazy("Options of a choice"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    loses_values = forms.BooleanField(label=gettext_lazy("These values may go"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def fields_page(request: HttpRequest) -> HttpResponse:
    form = NewFieldForm(request.POST or None)
    if form.is_valid():
        try:
            field = create_field(actor=cast(Any, request.user), **form.cleaned_data)
        except FieldRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(name)s” is there. Templates know it as contact.%(key)s.") % _names(field))
            return redirect("settings-fields")
    lines = [(line, KINDS[line.field.kind]) for line in field_lines()]
    return render(request, "subscribers/fields.html", {"form": form, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def field_page(request: HttpRequest, field_id: int) -> HttpResponse:
    line = field_line(field_id)
    if line is None:
        raise Http404
    field, act = line.field, request.POST.get("act", "")
    form, kind_form = _forms(request, line, act)
    try:
        if done := _act(request, line, act, form, kind_form):
            messages.success(request, done)
            return redirect("settings-field" if act == "save" else "settings-fields", *[field_id][: act == "save"])
    except FieldRefused as refused:
        (kind_form if act == "kind" else form).add_error(None, str(refused))
    context = {
        "line": line,
        "field": field,
        "kind": KINDS[field.kind],
        "form": form,
        "kind_form": kind_form,
        "asks_for_loss": act == "kind" and bool(kind_form.non_field_errors()),
    }
    return render(request, "subscribers/field.html", context)


def _forms(request: HttpRequest, line: FieldLine, act: str) -> tuple[FieldForm, KindForm]:
    field = line.field
    initial = {"label": field.label, "options": "\n".join(field.options)}
    form = FieldForm(
        request.POST if act == "save" else None,
        initial=initial,
        has_options=field.kind == CustomField.Kind.CHOICE,
    )
    return form, KindForm(request.POST if act == "kind" else None, initial={"kind": field.kind}, prefix="new")


def _act(request: HttpRequest, line: FieldLine, act: str, form: FieldForm, kind_form: KindForm) -> str:
    """What was done, in words; empty where nothing was."""
    actor, field_id = cast(Any, request.user), line.field.pk
    match act:
        case "save" if form.is_valid():
            change_field(actor=actor, field_id=field_id, **form.cleaned_data)
            return _("Saved.")
        case "kind" if kind_form.is_valid():
            lost = change_kind(actor=actor, field_id=field_id, **kind_form.cleaned_data)
            return _("Changed. %(count)s values were lost.") % {"count": f"{lost:,}"}
        case "archive":
            archive_field(actor=actor, field_id=field_id)
            return _("“%(name)s” is in the archive. Its values are kept.") % _names(line.field)
        case "restore":
            restore_field(actor=actor, field_id=field_id)
            return _("“%(name)s” is offered again.") % _names(line.field)
    return ""


def _names(field: CustomField) -> dict[str, str]:
    return {"name": field.label, "key": field.key}
