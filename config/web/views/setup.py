"""The first set-up, one calm page per step: who you are, who sends, through what, and a mail to prove it."""

from typing import Any, cast

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.queries.team import is_founded
from accounts.rules.brand import grounds
from accounts.services.founding import found
from accounts.services.logo import save_logo
from accounts.services.organisation import save_organisation
from accounts.views.forms import FounderForm
from config.web.setup_forms import FirstOrganisationForm, FirstWayForm
from config.web.setup_steps import next_step, stages
from deliverability.errors import NameTaken
from deliverability.models import Stream
from deliverability.services.first_way import open_first_way
from deliverability.services.trial import try_provider
from deliverability.types import StreamKind

_BRAND = "#84316b"


@require_safe
@login_not_required
def setup(request: HttpRequest) -> HttpResponse:
    """Goes on where somebody stopped."""
    return redirect(next_step())


@never_cache
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: HttpRequest) -> HttpResponse:
    """Open to whoever comes first, and to nobody after that."""
    if is_founded():
        return redirect("setup")
    form = FounderForm(request.POST or None, initial={"time_zone": "UTC"})
    if form.is_valid():
        given = dict(form.cleaned_data)
        member = found(email=given.pop("email_address"), **given)
        login(request, member, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("setup")
    return _page(request, "owner", form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.manage_organisation", raise_exception=True)
def organisation(request: HttpRequest) -> HttpResponse:
    if next_step() not in ("setup-organisation", "setup-owner"):
        return redirect("setup")
    actor = cast(User, request.user)
    known = {"time_zone": actor.time_zone, "brand_color": _BRAND}
    form = FirstOrganisationForm(request.POST or None, request.FILES or None, initial=known)
    if form.is_valid():
        given = dict(form.cleaned_data)
        logo = given.pop("logo")
        save_organisation(actor=actor, **given)
        if logo:
            save_logo(actor=actor, content=logo.read())
        return redirect("setup")
    return _page(request, "organisation", form, grounds=grounds(str(form["brand_color"].value() or "")))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("deliverability.manage", raise_exception=True)
def sending(request: HttpRequest) -> HttpResponse:
    if next_step() == "setup-trial":
        return redirect("setup")
    form = FirstWayForm(request.POST or None)
    if form.is_valid():
        try:
            open_first_way(actor=cast(User, request.user), max_connections=20, **form.cleaned_data)
        except NameTaken:
            form.add_error(
                "host", _("A provider with this host exists. Open Settings, Streams, and add a stream to it.")
            )
        else:
            return redirect("setup")
    return _page(request, "sending", form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("deliverability.manage", raise_exception=True)
def trial(request: HttpRequest) -> HttpResponse:
    if next_step() != "setup-trial":
        return redirect("setup")
    actor = cast(User, request.user)
    stream = Stream.objects.filter(kind=StreamKind.MARKETING.value).order_by("id").select_related("provider")[0]
    told = None
    if request.method == "POST":
        told = try_provider(actor=actor, provider_id=stream.provider_id, to=actor.email)
    return _page(request, "trial", None, trial=told, provider=stream.provider)


def _page(request: HttpRequest, step: str, form: Any, **more: Any) -> HttpResponse:
    context = {"form": form, "stages": stages(f"setup-{step}"), **more}
    return render(request, f"web/setup/{step}.html", context)
