"""Undoing a whole import: first what it would do, in numbers, then it is done."""

from typing import Any, cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from subscribers.models import ImportRun
from subscribers.queries.imports.undo import undo_preview, undo_until, why_not_undone
from subscribers.services.imports import start_undo
from subscribers.tasks import undo_import


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("subscribers.import", raise_exception=True)
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.select_related("mailing_list"), pk=run_id)
    if request.method == "POST":
        start_undo(actor=cast(Any, request.user), run_id=run_id)
        undo_import.delay(run_id)
        return redirect("import", run_id)
    problem = why_not_undone(run)
    context = {
        "run": run,
        "problem": problem,
        "preview": None if problem else undo_preview(run),
        "until": undo_until(run),
    }
    return render(request, "subscribers/audience/import_undo.html", context)
