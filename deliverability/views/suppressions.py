"""Who must not be written to, why, and what the team may do about it."""

import re
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.models import Suppression
from deliverability.queries.suppression_page import Asked, State, suppression_page
from deliverability.rules.lifting import why_not_liftable
from deliverability.services.suppression_by_hand import lift_by_hand, suppress_by_hand
from deliverability.types import Scope, SuppressionReason
from deliverability.views.suppression_words import REASONS, Words, reach_word, reaches, read_reach

_MOST_PASTED = 10_000
_STATES: dict[State, Words] = {
    "held": gettext_lazy("Held now"),
    "over": gettext_lazy("Lifted or over"),
    "all": gettext_lazy("Both"),
}


class SuppressForm(forms.Form):
    """One address or many; whatever separates them."""

    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=1_000_000,
        help_text=gettext_lazy("One, or many pasted: separated by lines, spaces, commas or semicolons."),
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("What is held back"), choices=lambda: reaches().items(), initial=Scope.MARKETING
    )
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def clean_addresses(self) -> list[str]:
        found = [text for text in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if text]
        if len(found) > _MOST_PASTED:
            raise ValidationError(
                _("More than 10,000 addresses at once. Nothing was suppressed; import a file instead.")
            )
        if wrong := [text for text in found if not _is_address(text)]:
            shown = ", ".join(wrong[:5]) + ("…" if len(wrong) > 5 else "")
            raise ValidationError(
                _("No e-mail address: %(wrong)s. Nothing was suppressed; mend or remove it.") % {"wrong": shown}
            )
        return found


@require_safe
@permission_required("subscribers.view", raise_exception=True)
def suppressions(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request.GET)
    words = _words_of(asked)
    page = suppression_page(asked, after=_id(request, "after"), before=_id(request, "before"))

    def address(**place: Any) -> str:
        return "?" + urlencode({**words, **{name: value for name, value in place.items() if value}})

    names = reaches()
    return render(
        request,
        "deliverability/suppressions.html",
        {
            "asked": asked,
            "asked_reach": words.get("scope", ""),
            "query": urlencode(words),
            "lines": [_line(request, each, names) for each in page.rows],
            "reasons": [(key, name, means) for key, (name, _kind, means) in REASONS.items()],
            "reaches": list(names.items()),
            "states": list(_STATES.items()),
            "may_change": may_change(request),
            "newer": address(before=page.newer) if page.newer else "",
            "older": address(after=page.older) if page.older else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add_suppressions(request: HttpRequest) -> HttpResponse:
    if not may_change(request):
        raise PermissionDenied
    form = SuppressForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        scope, target = cast(tuple[Scope, int], read_reach(given["reach"]))
        suppress_by_hand(
            actor=cast(Any, request.user), addresses=given["addresses"], scope=scope, target=target, why=given["why"]
        )
        count = len(set(given["addresses"]))
        messages.success(request, _("%(count)s suppressed.") % {"count": f"{count:,}"})
        return redirect("suppressions")
    return render(request, "deliverability/suppress.html", {"form": form})


@require_POST
def lift_suppression(request: HttpRequest, suppression_id: int) -> HttpResponse:
    if not may_change(request):
        raise PermissionDenied
    lift_by_hand(actor=cast(Any, request.user), suppression_id=suppression_id, why=request.POST.get("why", ""))
    messages.success(request, _("Lifted. Mail may reach this address again, unless another reason holds it."))
    return redirect("suppressions")


def asked_by(given: QueryDict) -> Asked:
    """What is asked for and can be; the rest is dropped."""
    reason, state = given.get("reason", ""), given.get("state", "")
    scope, target = read_reach(given.get("scope", "")) or ("", 0)
    return Asked(
        address=given.get("address", "").strip()[:320],
        reason=reason if reason in REASONS else "",
        scope=scope,
        target=target,
        state=state if state in _STATES else "held",
    )


def may_change(request: HttpRequest) -> bool:
    user = cast(Any, request.user)
    return bool(user.has_perm("subscribers.edit") or user.has_perm("deliverability.manage"))


def _words_of(asked: Asked) -> dict[str, str]:
    """The query string that asks the same."""
    words = {"address": asked.address, "reason": asked.reason, "scope": reach_word(asked.scope, asked.target)}
    if asked.state != "held":
        words["state"] = asked.state
    return {name: word for name, word in words.items() if word}


def _line(request: HttpRequest, each: Suppression, names: dict[str, Words]) -> dict[str, Any]:
    name, kind, _means = REASONS[each.reason]
    refusal = why_not_liftable(SuppressionReason(each.reason), each.address)
    is_theirs = each.reason != SuppressionReason.COMPLAINT or cast(Any, request.user).has_perm("deliverability.manage")
    return {
        "row": each,
        "reason": name,
        "kind": "" if each.is_over else kind,
        "reach": names.get(reach_word(each.scope, each.target), _("Something that is gone")),
        "key": bytes(each.address_key).hex()[:8],
        "is_liftable": not refusal and not each.is_over and is_theirs and may_change(request),
    }


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _id(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
