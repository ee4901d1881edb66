"""The permission policy under Settings: which addresses are taken, and what each country's law asks."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.jurisdictions import COUNTRIES, CountryRule
from subscribers.rules.policies import Handling, PermissionPolicy
from subscribers.services.policies import change_country, change_policy, forget_country
from subscribers.types import Basis
from subscribers.views.audience.words import BASES, BASIS_NAMES

HANDLINGS = [
    (Handling.ALLOW, gettext_lazy("Take them")),
    (Handling.HOLD, gettext_lazy("Hold them: no marketing mail until somebody lets them go")),
    (Handling.REFUSE, gettext_lazy("Refuse them")),
]
may_set = permission_required("subscribers.set_policy", raise_exception=True)


class PolicyForm(forms.Form):
    role_accounts = forms.ChoiceField(
        label=gettext_lazy("Role accounts, such as info@ or sales@"),
        choices=HANDLINGS,
        help_text=gettext_lazy("Several people may read them, and not all of them agreed."),
    )
    disposable = forms.ChoiceField(
        label=gettext_lazy("Mailboxes for one use"),
        choices=HANDLINGS,
        help_text=gettext_lazy("They are gone before the next mail, and bounce."),
    )
    reminder_hours = forms.CharField(
        label=gettext_lazy("Remind who has not confirmed after so many hours"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Such as 24, 72. Empty: never. At most three reminders, each sent once."),
    )
    unconfirmed_days = forms.IntegerField(
        label=gettext_lazy("Forget a sign-up that nobody confirmed after so many days"), min_value=1, max_value=365
    )

    def clean_reminder_hours(self) -> list[int]:
        words = self.cleaned_data["reminder_hours"].replace(",", " ").split()
        if len(words) > 3 or not all(word.isascii() and word.isdigit() and 1 <= int(word) <= 720 for word in words):
            raise forms.ValidationError(_("Enter up to three whole numbers of hours between 1 and 720."))
        return sorted({int(word) for word in words})


class CountryForm(forms.Form):
    double_opt_in = forms.BooleanField(
        label=gettext_lazy("A plain yes is not enough: ask for a double opt-in"), required=False
    )
    bases = forms.MultipleChoiceField(
        label=gettext_lazy("Grounds that we take"),
        choices=list(BASES.items()),
        widget=forms.CheckboxSelectMultiple,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_set
def policy_page(request: HttpRequest) -> HttpResponse:
    policy = permission_policy()
    initial = {
        "role_accounts": policy.role_accounts,
        "disposable": policy.disposable,
        "reminder_hours": ", ".join(str(hours) for hours in policy.reminder_hours),
        "unconfirmed_days": policy.unconfirmed_days,
    }
    form = PolicyForm(request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        change_policy(
            actor=cast(Any, request.user),
            role_accounts=Handling(given["role_accounts"]),
            disposable=Handling(given["disposable"]),
            reminder_hours=given["reminder_hours"],
            unconfirmed_days=given["unconfirmed_days"],
        )
        messages.success(request, _("Saved. It holds for everybody who comes from now on."))
        return redirect("settings-permission")
    return render(request, "subscribers/permission.html", {"form": form, "groups": _groups(policy)})


@require_http_methods(["GET", "HEAD", "POST"])
@may_set
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    rule = permission_policy().countries.get(code)
    if rule is None:
        raise Http404
    actor = cast(Any, request.user)
    if request.POST.get("do") == "reset":
        forget_country(actor=actor, code=code)
        messages.success(request, _("%(code)s is as shipped again.") % {"code": code})
        return redirect("settings-permission")
    form = CountryForm(request.POST or None, initial={"double_opt_in": rule.double_opt_in, "bases": sorted(rule.bases)})
    if form.is_valid():
        change_country(actor=actor, code=code, **form.cleaned_data)
        messages.success(request, _("The rules of %(code)s are saved.") % {"code": code})
        return redirect("settings-permission")
    context = {"form": form, "code": code, "rule": rule, "is_ours": rule != COUNTRIES.get(code)}
    return render(request, "subscribers/permission_country.html", context)


@dataclass(frozen=True, slots=True)
class Group:
    """Countries under one rule."""

    rule: CountryRule
    bases: str
    is_ours: bool
    codes: list[str]


def _groups(policy: PermissionPolicy) -> list[Group]:
    """The rule of most countries first."""
    alike: dict[tuple[CountryRule, bool], list[str]] = {}
    for code, rule in sorted(policy.countries.items()):
        alike.setdefault((rule, rule != COUNTRIES.get(code)), []).append(code)
    groups = [Group(rule, _words(rule.bases), is_ours, codes) for (rule, is_ours), codes in alike.items()]
    return sorted(groups, key=lambda group: (-len(group.codes), group.codes))


def _words(bases: frozenset[Basis]) -> str:
    if bases == frozenset(Basis):
        return _("Every ground")
    return ", ".join(str(words) for basis, words in BASIS_NAMES.items() if basis in bases)
