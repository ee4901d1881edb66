"""The settings of a member and of the organisation."""

from typing import Any, cast

from django.conf import settings as configuration
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import OrganisationMissing
from accounts.models import User
from accounts.queries.organisation import current_organisation
from accounts.rules.brand import grounds
from accounts.services.organisation import save_organisation
from accounts.services.profile import update_profile
from accounts.views.forms import LogoForm, OrganisationForm, ProfileForm


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """The first tab that the member may open: for owners what concerns all, for others their profile."""
    owns = request.user.has_perm("accounts.manage_organisation")
    return redirect("settings-organisation" if owns else "settings-profile")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    member = cast(User, request.user)
    known = {"first_name": member.first_name, "last_name": member.last_name, "time_zone": member.time_zone}
    form = ProfileForm(request.POST or None, initial=known)
    if form.is_valid():
        update_profile(user=member, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("settings-profile")
    return render(request, "accounts/profile.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.manage_organisation", raise_exception=True)
def organisation(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None, initial=_known_organisation())
    if form.is_valid():
        save_organisation(actor=cast(User, request.user), **form.cleaned_data)
        messages.success(request, _("The organisation is saved. New mail carries it from now on."))
        return redirect("settings-organisation")
    context = {
        "form": form,
        "logo_form": LogoForm(),
        "grounds": grounds(str(form["brand_color"].value() or "")),
        "public_address": configuration.BASE_URL,
    }
    return render(request, "accounts/organisation.html", context)


@require_safe
@permission_required("accounts.manage_organisation", raise_exception=True)
def brand(request: HttpRequest) -> HttpResponse:
    """How legible a colour would be, while somebody still chooses it."""
    return render(request, "accounts/brand.html", {"grounds": grounds(request.GET.get("brand_color", ""))})


def _known_organisation() -> dict[str, Any]:
    try:
        known = current_organisation()
    except OrganisationMissing:
        return {"time_zone": "UTC", "brand_color": "#84316b"}
    return {name: getattr(known, name) for name in OrganisationForm.base_fields}
