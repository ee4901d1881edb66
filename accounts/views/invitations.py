"""Asks people into the team, and lets them in."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import InvitationGone, MemberExists, OrganisationMissing
from accounts.models import Invitation, User
from accounts.queries.invitations import invitation_of
from accounts.queries.organisation import current_organisation
from accounts.services import invitations as services
from accounts.types import Role
from accounts.views.forms import InvitationForm, NewcomerForm

may_manage = permission_required("accounts.manage_team", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        try:
            return _send(request, form.cleaned_data["email"], Role(form.cleaned_data["role"]))
        except MemberExists as error:
            form.add_error("email", str(error))
    return render(request, "accounts/invite.html", {"form": form})


@require_POST
@may_manage
def again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Another mail with a new link; the one sent before leads nowhere any more."""
    found = get_object_or_404(Invitation, pk=invitation_id)
    return _send(request, found.email, Role(found.role))


@require_POST
@may_manage
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    services.revoke(actor=cast(User, request.user), invitation_id=invitation_id)
    messages.success(request, _("The invitation is taken back. Its link leads nowhere any more."))
    return redirect("settings-team")


@never_cache
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Name and password, and in. The address is known, since only its mailbox got the link."""
    try:
        invitation = invitation_of(token)
        form = NewcomerForm(request.POST or None, initial={"email": invitation.email, "time_zone": _zone()})
        if not request.user.is_authenticated and form.is_valid():
            member = services.accept(token=token, **form.cleaned_data)
            login(request, member, backend="django.contrib.auth.backends.ModelBackend")
            messages.success(request, _("Welcome, %(name)s.") % {"name": member})
            return redirect("home")
    except (InvitationGone, MemberExists) as error:
        return render(request, "accounts/invitation_gone.html", {"words": str(error)}, status=410)
    return render(request, "accounts/invitation.html", {"form": form, "invitation": invitation})


def _send(request: HttpRequest, email: str, role: Role) -> HttpResponse:
    invitation, token = services.invite(actor=cast(User, request.user), email=email, role=role)
    link = request.build_absolute_uri(reverse("invitation-accept", args=[token]))
    if services.mail_invitation(invitation=invitation, link=link):
        words = _("An invitation is on its way to %(email)s. Its link works once, within seven days.")
        messages.success(request, words % {"email": invitation.email})
        return redirect("settings-team")
    answer = render(request, "accounts/invitation_link.html", {"invitation": invitation, "link": link})
    # The page holds a secret that works once.
    answer["Cache-Control"] = "no-store"
    return answer


def _zone() -> str:
    try:
        return current_organisation().time_zone
    except OrganisationMissing:
        return "UTC"
