"""The suppression policy: which addresses are held before anything happened, to be edited by who manages delivery."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from deliverability.queries.suppression_policy import suppression_policy
from subscribers.services.holding import change_holding

_ROWS = {"rows": 12, "spellcheck": "false"}


class WordsField(forms.CharField):
    """A set of words, one a line; commas, blanks and the @ that people like to write are taken for what they mean."""

    widget = forms.Textarea(attrs=_ROWS)

    def clean(self, value: Any) -> Any:
        words = (word.strip("@").lower() for word in super().clean(value).replace(",", " ").split())
        return sorted({word for word in words if word})


class PolicyForm(forms.Form):
    role_accounts = WordsField(
        label=gettext_lazy("Role accounts"),
        help_text=gettext_lazy("What stands before the @. A mailbox of a function reports what it did not ask for."),
        required=False,
        max_length=20_000,
    )
    trap_domains = WordsField(
        label=gettext_lazy("Domains that are likely traps"),
        help_text=gettext_lazy("What stands behind the @: misspelt domains, and those of mailboxes for one use."),
        required=False,
        max_length=100_000,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name, longest in (("role_accounts", 64), ("trap_domains", 255)):
            if wrong := [word for word in given.get(name, []) if "@" in word or len(word) > longest]:
                self.add_error(
                    name, _("“%(word)s” is no part of an address. Nothing was changed.") % {"word": wrong[0]}
                )
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("deliverability.manage", raise_exception=True)
def suppression_policy_page(request: HttpRequest) -> HttpResponse:
    policy = suppression_policy()
    initial = {
        "role_accounts": "\n".join(sorted(policy.role_accounts)),
        "trap_domains": "\n".join(sorted(policy.trap_domains)),
    }
    form = PolicyForm(request.POST or None, initial=initial)
    if form.is_valid():
        held = change_holding(actor=cast(Any, request.user), **form.cleaned_data)
        messages.success(request, _("Saved. %(count)s contacts are newly held.") % {"count": f"{held:,}"})
        return redirect("suppressions-policy")
    return render(request, "subscribers/audience/holding.html", {"form": form})
