"""Imports: all there were, one under way, and what it did not take."""

from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from subscribers.models import ImportRun
from subscribers.queries.consent.choices import custom_labels
from subscribers.queries.imports.held_rows import open_by_reason
from subscribers.queries.imports.runs import Progress, ahead_of, first_lines, progress_of, report_files, run_page
from subscribers.queries.imports.undo import undo_until, why_not_undone
from subscribers.services.imports import cancel_import, discard_upload, pause_import, start_again
from subscribers.tasks import import_file
from subscribers.views.audience.import_setup import setup_page
from subscribers.views.audience.import_words import FIELDS, HELD, REPORTS, RUNS, time_left
from subscribers.views.audience.words import BASIS_NAMES

may_import = permission_required("subscribers.import", raise_exception=True)
# Workers take an import within a second, unless other work keeps them or they do not run.
_LONG = timedelta(seconds=30)
_UNDER_WAY = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)


@require_safe
@may_import
def imports(request: HttpRequest) -> HttpResponse:
    page = run_page(after=_id(request, "after"), before=_id(request, "before"))
    return render(
        request,
        "subscribers/audience/imports.html",
        {
            "lines": [(run, *RUNS[run.state]) for run in page.runs],
            "newer": f"?before={page.newer}" if page.newer else "",
            "older": f"?after={page.older}" if page.older else "",
        },
    )


@require_safe
@may_import
def one_import(request: HttpRequest, run_id: int) -> HttpResponse:
    """A file that is being mapped, else the import as it runs, else what came of it."""
    run = _run(run_id)
    if run.state == ImportRun.State.DRAFT:
        return setup_page(request, run)
    return render(request, "subscribers/audience/import.html", _context(run))


@require_safe
@may_import
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """What changes while it runs; once it is through, the answer asks for no further one."""
    return render(request, "subscribers/audience/parts/import_state.html", _context(_run(run_id)))


@require_safe
@may_import
def report(request: HttpRequest, run_id: int, which: str) -> HttpResponseBase:
    """A report as it was written: CSV, to be opened, mended and imported again."""
    run = _run(run_id)
    path = report_files(run).get(which)
    if path is None:
        raise Http404
    name = f"{run.file_name.rpartition('.')[0] or run.file_name}-{which}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


@require_POST
@may_import
def again(request: HttpRequest, run_id: int) -> HttpResponse:
    start_again(actor=cast(Any, request.user), run_id=_run(run_id).pk)
    import_file.delay(run_id)
    return redirect("import", run_id)


@require_POST
@may_import
def pause(request: HttpRequest, run_id: int) -> HttpResponse:
    if not pause_import(actor=cast(Any, request.user), run_id=_run(run_id).pk):
        messages.info(request, _("The import was through already, so there was nothing to pause."))
    return redirect("import", run_id)


@require_POST
@may_import
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    if not cancel_import(actor=cast(Any, request.user), run_id=_run(run_id).pk):
        messages.info(request, _("The import was through already. You can undo it instead."))
    return redirect("import", run_id)


@require_POST
@may_import
def discard(request: HttpRequest, run_id: int) -> HttpResponse:
    name = discard_upload(actor=cast(Any, request.user), run_id=_run(run_id).pk)
    messages.success(request, _("“%(name)s” was discarded. Nobody was imported.") % {"name": name})
    return redirect("imports")


def _run(run_id: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.select_related("mailing_list"), pk=run_id)


def _context(run: ImportRun) -> dict[str, Any]:
    words, kind = RUNS[run.state]
    is_under_way = run.state in _UNDER_WAY
    progress = progress_of(run.pk) if is_under_way else Progress()
    files = report_files(run)
    people = run.created + run.updated + run.unchanged
    held = [(HELD[reason], count) for reason, count in open_by_reason(run.pk)]
    return {
        "run": run,
        "state": words,
        "kind": kind,
        "is_under_way": is_under_way,
        "is_polled": is_under_way or run.state == ImportRun.State.UNDOING,
        "ahead": ahead_of(run) if run.state == ImportRun.State.QUEUED else 0,
        "pace": round(progress.pace),
        "time_left": time_left(progress.seconds_left),
        "held": held,
        "held_open": sum(count for _words, count in held),
        "undo_until": undo_until(run) if not why_not_undone(run) else None,
        "waits_long": run.state == ImportRun.State.QUEUED and timezone.now() - run.started_at > _LONG,
        "progress": progress,
        "percent": min(100, progress.done * 100 // progress.total) if progress.total else 0,
        "people": people,
        "basis": BASIS_NAMES.get(run.basis, run.basis),
        "files": [(which, *REPORTS[which]) for which in files],
        "rejects": first_lines(files["rejects"]) if "rejects" in files and not is_under_way else [],
        "mapping": _mapping(run),
        "can_go_on": run.state in (ImportRun.State.FAILED, ImportRun.State.PAUSED) and bool(run.upload),
    }


def _mapping(run: ImportRun) -> list[tuple[str, str | Promise]]:
    """Columns and what they became, as people know it."""
    chosen: dict[str, str] = dict(run.mapping)
    labels: dict[str, str | Promise] = {**custom_labels(chosen.values()), **FIELDS}
    return [(column, labels.get(field, field)) for column, field in chosen.items()]


def _id(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
