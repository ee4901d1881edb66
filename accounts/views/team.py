"""Who is in the team and in what role."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.queries.invitations import invitations
from accounts.queries.team import members
from accounts.services import team as services
from accounts.types import Role
from accounts.views.forms import RoleForm

may_manage = permission_required("accounts.manage_team", raise_exception=True)


@require_safe
@may_manage
def team(request: HttpRequest) -> HttpResponse:
    return render(
        request, "accounts/team.html", {"members": members(), "invitations": invitations(), "now": timezone.now()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Role, access, and a fresh link for whoever lost theirs."""
    found = get_object_or_404(User, pk=member_id)
    form = RoleForm(request.POST or None, initial={"role": found.role})
    if form.is_valid():
        services.change_role(actor=cast(User, request.user), member_id=member_id, role=Role(form.cleaned_data["role"]))
        messages.success(request, _("%(name)s has a new role.") % {"name": found})
        return redirect("settings-team")
    return render(request, "accounts/member.html", {"form": form, "member": found})


@require_POST
@may_manage
def access(request: HttpRequest, member_id: int) -> HttpResponse:
    """Lets a member out or in again."""
    get_object_or_404(User, pk=member_id)
    actor = cast(User, request.user)
    if request.POST.get("active") == "yes":
        changed = services.reactivate(actor=actor, member_id=member_id)
        messages.success(request, _("%(name)s may sign in again.") % {"name": changed})
    else:
        changed = services.deactivate(actor=actor, member_id=member_id)
        messages.success(request, _("%(name)s is signed out and may not sign in any more.") % {"name": changed})
    return redirect("settings-team")


@require_POST
@may_manage
def link(request: HttpRequest, member_id: int) -> HttpResponse:
    return _show_link(request, get_object_or_404(User, pk=member_id, is_active=True))


def _show_link(request: HttpRequest, member: User) -> HttpResponse:
    path = services.password_path(actor=cast(User, request.user), member=member)
    answer = render(request, "accounts/member_link.html", {"member": member, "link": request.build_absolute_uri(path)})
    # The page holds a secret that works once.
    answer["Cache-Control"] = "no-store"
    return answer
