"""Shows who changed what."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.queries.audit import audit_page


@require_safe
@permission_required("accounts.manage_team", raise_exception=True)
def audit(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Http404
    page = audit_page(before=int(before) if before else None)
    return render(request, "accounts/audit.html", {"page": page, "before": before})
