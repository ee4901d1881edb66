"""Who must not be written to, why, and what the team may do about it."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.audit import record
from deliverability.models import Suppression
from deliverability.queries.suppression_page import every_suppression, suppression_page
from deliverability.rules.lifting import LIFTABLE
from deliverability.services.suppression_by_hand import lift_by_hand, suppress_by_hand
from deliverability.types import Scope, SuppressionReason

Words = str | Promise
# Name, badge kind, and what it means in plain words.
REASONS: dict[str, tuple[Words, str, Words]] = {
    SuppressionReason.HARD_BOUNCE: (
        gettext_lazy("Bounced"),
        "bad",
        gettext_lazy("Their server said that the mailbox does not exist. You may lift it if you know better."),
    ),
    SuppressionReason.COMPLAINT: (
        gettext_lazy("Complained"),
        "bad",
        gettext_lazy("They reported a mail as spam. Nobody can lift it: writing again costs your reputation."),
    ),
    SuppressionReason.UNSUBSCRIBE: (
        gettext_lazy("Left everything"),
        "",
        gettext_lazy("They unsubscribed from all marketing mail. Only they can come back, by signing up."),
    ),
    SuppressionReason.MANUAL: (
        gettext_lazy("By the team"),
        "warn",
        gettext_lazy("A colleague took the address out and said why. You may lift it."),
    ),
    SuppressionReason.ERASURE: (
        gettext_lazy("Erased"),
        "",
        gettext_lazy("They asked to be forgotten. Only a keyed hash remains, so that no import brings them back."),
    ),
}
SCOPES: dict[str, Words] = {
    Scope.EVERYTHING: gettext_lazy("All mail"),
    Scope.MARKETING: gettext_lazy("Marketing mail"),
    Scope.TRANSACTIONAL: gettext_lazy("Transactional mail"),
}
_FILTERS = ("address", "reason", "scope")
_MOST_PASTED = 10_000


class SuppressForm(forms.Form):
    """One address or many; whatever separates them."""

    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=1_000_000,
        help_text=gettext_lazy("One, or many pasted: separated by lines, spaces, commas or semicolons."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What is held back"), choices=list(SCOPES.items()), initial=Scope.MARKETING
    )
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def clean_addresses(self) -> list[str]:
        found = [text for text in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if text]
        if len(found) > _MOST_PASTED:
            raise ValidationError(_("More than 10,000 addresses at once. Nothing was suppressed; paste them in parts."))
        if wrong := [text for text in found if not _is_address(text)]:
            shown = ", ".join(wrong[:5]) + ("…" if len(wrong) > 5 else "")
            raise ValidationError(
                _("No e-mail address: %(wrong)s. Nothing was suppressed; mend or remove it.") % {"wrong": shown}
            )
        return found


@require_safe
@permission_required("subscribers.view", raise_exception=True)
def suppressions(request: HttpRequest) -> HttpResponse:
    asked = _asked(request.GET)
    page = suppression_page(**asked, after=_id(request, "after"), before=_id(request, "before"))

    def address(**place: Any) -> str:
        return "?" + urlencode({name: value for name, value in {**asked, **place}.items() if value})

    return render(
        request,
        "deliverability/suppressions.html",
        {
            "asked": asked,
            "query": urlencode({name: value for name, value in asked.items() if value}),
            "lines": [_line(each) for each in page.rows],
            "reasons": [(key, name, means) for key, (name, _kind, means) in REASONS.items()],
            "scopes": list(SCOPES.items()),
            "may_change": _may_change(request),
            "newer": address(before=page.newer) if page.newer else "",
            "older": address(after=page.older) if page.older else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add_suppressions(request: HttpRequest) -> HttpResponse:
    if not _may_change(request):
        raise PermissionDenied
    form = SuppressForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        suppress_by_hand(
            actor=cast(Any, request.user), addresses=given["addresses"], scope=Scope(given["scope"]), why=given["why"]
        )
        count = len(set(given["addresses"]))
        messages.success(request, _("%(count)s suppressed.") % {"count": f"{count:,}"})
        return redirect("suppressions")
    return render(request, "deliverability/suppress.html", {"form": form})


@require_POST
def lift_suppression(request: HttpRequest, suppression_id: int) -> HttpResponse:
    if not _may_change(request):
        raise PermissionDenied
    lift_by_hand(actor=cast(Any, request.user), suppression_id=suppression_id, why=request.POST.get("why", ""))
    messages.success(request, _("Lifted. Mail may reach this address again, if they are subscribed."))
    return redirect("suppressions")


@require_POST
@permission_required("subscribers.export", raise_exception=True)
def export_suppressions(request: HttpRequest) -> HttpResponseBase:
    asked = _asked(QueryDict(request.POST.get("query", "")))
    record(actor=cast(Any, request.user), text="Exported suppressions.")
    answer = StreamingHttpResponse(_csv_lines(asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="suppressions-{timezone.now():%Y-%m-%d}.csv"'
    return answer


def _line(each: Suppression) -> dict[str, Any]:
    name, kind, _means = REASONS[each.reason]
    return {
        "row": each,
        "reason": name,
        "kind": kind,
        "scope": SCOPES[each.scope],
        "key": bytes(each.address_key).hex()[:8],
        "is_liftable": each.reason in LIFTABLE,
    }


def _asked(given: QueryDict) -> dict[str, str]:
    """What is asked for and can be; the rest is dropped."""
    asked = {name: given.get(name, "").strip()[:320] for name in _FILTERS}
    return {
        "address": asked["address"],
        "reason": asked["reason"] if asked["reason"] in REASONS else "",
        "scope": asked["scope"] if asked["scope"] in SCOPES else "",
    }


def _csv_lines(asked: dict[str, str]) -> Iterator[str]:
    yield "\ufeff" + _csv_line(["address", "key", "scope", "reason", "evidence", "since", "until"])
    for each in every_suppression(**asked):
        until = each.expires_at.isoformat() if each.expires_at else ""
        key = bytes(each.address_key).hex()
        yield _csv_line([each.address, key, each.scope, each.reason, each.evidence, each.created_at.isoformat(), until])


def _csv_line(values: list[str]) -> str:
    line = StringIO()
    # A spreadsheet runs what begins so as a formula; servers and strangers write these cells.
    csv.writer(line).writerow(
        f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text for text in values
    )
    return line.getvalue()


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _may_change(request: HttpRequest) -> bool:
    user = cast(Any, request.user)
    return bool(user.has_perm("subscribers.edit") or user.has_perm("deliverability.manage"))


def _id(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
