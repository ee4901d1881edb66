"""Takes the organisation's logo, and shows it to everybody."""

import re
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.services.logo import remove_logo, save_logo
from accounts.views.forms import LogoForm

_NAME = re.compile(r"[0-9a-f]{64}\.(png|jpeg|webp)").fullmatch


@require_POST
@permission_required("accounts.manage_organisation", raise_exception=True)
def change(request: HttpRequest) -> HttpResponse:
    actor, form = cast(User, request.user), LogoForm(request.POST, request.FILES)
    if request.POST.get("remove"):
        remove_logo(actor=actor)
        messages.success(request, _("The logo is removed."))
    elif form.is_valid():
        save_logo(actor=actor, content=form.cleaned_data["logo"].read())
        messages.success(request, _("The logo is saved."))
    else:
        messages.error(request, " ".join(map(str, form.errors["logo"])))
    return redirect("settings-organisation")


@login_not_required
@require_safe
def show(request: HttpRequest, name: str) -> HttpResponseBase:
    """A name says what is in the file, so whoever has it may keep it for ever."""
    kind = _NAME(name)
    if kind is None or not default_storage.exists(f"logos/{name}"):
        raise Http404
    answer = FileResponse(default_storage.open(f"logos/{name}"), content_type=f"image/{kind[1]}")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # Whatever the bytes hold, a browser that opens them alone runs nothing.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
