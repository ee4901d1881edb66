"""Suppressions out to a file and in from one."""

from io import TextIOWrapper
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services.audit import record
from deliverability.errors import SuppressionRefused
from deliverability.queries.suppression_export import export_lines
from deliverability.services.suppression_import import SuppressionImport, import_suppressions
from deliverability.types import Scope, SuppressionReason
from deliverability.views.suppression_words import REASONS, reaches, read_reach
from deliverability.views.suppressions import asked_by, may_change

# Half a million addresses; a browser and a proxy wait for no more.
_MOST_BYTES = 20_000_000


class ImportForm(forms.Form):
    """A file, and what its rows hold where they do not say so themselves."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
        help_text=gettext_lazy(
            "A list of addresses, or what another system exports: columns named email, reason, created and the like "
            "are understood. Up to 20 MB in UTF-8."
        ),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason, where a row names none"),
        choices=[(key, name) for key, (name, _kind, _means) in REASONS.items()],
        initial=SuppressionReason.MANUAL,
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("What is held back, where a row does not say"),
        choices=lambda: reaches().items(),
        initial=Scope.MARKETING,
    )
    why = forms.CharField(
        label=gettext_lazy("Where the list comes from"),
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Exported from Mailchimp, 24 November")}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _MOST_BYTES:
            raise ValidationError(
                _("This file is larger than 20 MB. Split it, or run manage.py import_suppressions on the server.")
            )
        return file


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    if not may_change(request):
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            found = _imported(request, form.cleaned_data)
        except SuppressionRefused as refused:
            form.add_error("file", str(refused))
        else:
            if found.refused:
                return render(request, "deliverability/suppressions_imported.html", {"found": found})
            numbers = {"added": f"{found.added:,}", "standing": f"{found.standing:,}"}
            messages.success(request, _("%(added)s newly suppressed, %(standing)s were already.") % numbers)
            return redirect("suppressions")
    return render(request, "deliverability/suppressions_import.html", {"form": form})


@require_POST
@permission_required("subscribers.export", raise_exception=True)
def export_suppressions(request: HttpRequest) -> HttpResponseBase:
    asked = asked_by(QueryDict(request.POST.get("query", "")))
    record(actor=cast(Any, request.user), text="Exported suppressions.")
    answer = StreamingHttpResponse(export_lines(asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="suppressions-{timezone.now():%Y-%m-%d}.csv"'
    return answer


def _imported(request: HttpRequest, given: dict[str, Any]) -> SuppressionImport:
    scope, target = cast(tuple[Scope, int], read_reach(given["reach"]))
    return import_suppressions(
        actor=cast(Any, request.user),
        lines=TextIOWrapper(given["file"].file, encoding="utf-8-sig", errors="replace", newline=""),
        scope=scope,
        target=target,
        reason=SuppressionReason(given["reason"]),
        why=given["why"],
    )
