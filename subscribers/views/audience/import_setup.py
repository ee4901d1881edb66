"""An import before it starts: upload, columns, list and consent. Every choice is kept as it is made."""

import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from subscribers.errors import ImportRefused
from subscribers.models import ImportRun
from subscribers.queries.consent.choices import list_choices_by_slug
from subscribers.queries.imports.preview import Preview, field_choices, identifier_choices, import_preview, missing
from subscribers.rules.imports.choices import KINDS, NEW
from subscribers.rules.imports.field_values import typed_text
from subscribers.rules.imports.holding import HoldReason
from subscribers.rules.imports.identifiers import PREFIX
from subscribers.rules.imports.mapping import IGNORE
from subscribers.services.imports import choose, receive_upload, start_upload
from subscribers.tasks import import_file
from subscribers.types import Basis
from subscribers.views.audience.import_words import FIELDS, HELD
from subscribers.views.audience.words import BASES
from subscribers.views.audience.words import KINDS as KIND_NAMES

may_import = permission_required("subscribers.import", raise_exception=True)
MOST_BYTES = 500 * 1024 * 1024
# What a multipart body holds besides the file.
_ENVELOPE = 64 * 1024
_COLUMN = "column-"
_SHOWN_REMARKS = 20


# The protection against forged requests reads the whole body, which must not happen before its size is known.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def new_import(request: HttpRequest) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > MOST_BYTES + _ENVELOPE:
        return _upload_page(request, _too_large(int(length)))
    return _new_import(request)


@csrf_protect
def _new_import(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _upload_page(request)
    file = request.FILES.get("file")
    if file is None:
        return _upload_page(request, _("No file was chosen, so nothing was uploaded."))
    try:
        run = receive_upload(actor=cast(Any, request.user), file_name=file.name or "", blocks=file.chunks())
    except ImportRefused as refused:
        return _upload_page(request, str(refused))
    if is_script(request):
        return HttpResponse(reverse("import", args=[run.pk]), content_type="text/plain")
    return redirect("import", run.pk)


@require_POST
@may_import
def save_import(request: HttpRequest, run_id: int) -> HttpResponse:
    """Keeps the choices of the form as they stand and answers with what they would come to."""
    run = choose(actor=cast(Any, request.user), run_id=run_id, choices=_choices(request.POST))
    return render(request, "subscribers/audience/parts/import_preview.html", _preview_context(import_preview(run)))


@require_POST
@may_import
def start_import(request: HttpRequest, run_id: int) -> HttpResponse:
    actor = cast(Any, request.user)
    run = choose(actor=actor, run_id=run_id, choices=_choices(request.POST))
    if problems := missing(run):
        return setup_page(request, run, problems)
    start_upload(actor=actor, run_id=run_id)
    import_file.delay(run_id)
    return redirect("import", run_id)


def setup_page(request: HttpRequest, run: ImportRun, problems: dict[str, str] | None = None) -> HttpResponse:
    preview = import_preview(run)
    return render(
        request,
        "subscribers/audience/import_setup.html",
        {
            "run": run,
            "asked": run.asked,
            "problems": problems or {},
            "columns": preview.columns,
            "choices": list(_column_choices()),
            "lists": list_choices_by_slug(),
            "bases": list(BASES.items()),
            "all_risks": list(HELD.items()),
            "basis": run.asked.get("basis", Basis.EXPRESS),
            **_preview_context(preview),
        },
    )


def is_script(request: HttpRequest) -> bool:
    """Whether our script sends the file, to show how far it is."""
    return request.headers.get("X-Requested-With") == "upload"


def _upload_page(request: HttpRequest, problem: str = "") -> HttpResponse:
    if problem and is_script(request):
        return HttpResponse(problem, status=422, content_type="text/plain; charset=utf-8")
    context = {"problem": problem, "most": MOST_BYTES}
    return render(request, "subscribers/audience/import_new.html", context)


def _too_large(size: int) -> str:
    return _("The file has %(size)s MB, and 500 MB is the most. Nothing was uploaded. Split it into parts.") % {
        "size": f"{size // 1_000_000:,}"
    }


def _choices(given: QueryDict) -> dict[str, Any]:
    columns = {name.removeprefix(_COLUMN): given[name] for name in given if name.startswith(_COLUMN)}
    kept = {part: str(given[part]).strip()[:500] for part in ("list", "new_list", "consent", "basis") if part in given}
    # Boxes that are not ticked are not sent: the page says that it has shown them.
    held = (
        {"hold": [risk for risk in given.getlist("hold") if risk in set(HoldReason)]} if "hold_shown" in given else {}
    )
    return {**kept, **held, **({"columns": columns} if columns else {})}


def _column_choices() -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    fields = field_choices()
    yield "", [(IGNORE, _("Leave out"))]
    yield _("Fields"), [(each.key, FIELDS[each.key]) for each in fields if not each.is_custom]
    if custom := [(each.key, each.label) for each in fields if each.is_custom]:
        yield _("Your own fields"), custom
    systems = [
        (PREFIX + source, _("External id of %(system)s") % {"system": source}) for source in identifier_choices()
    ]
    yield _("Known elsewhere as"), systems
    yield _("New field of your own"), [(NEW + kind, _("New: %(kind)s") % {"kind": KIND_NAMES[kind]}) for kind in KINDS]


def _preview_context(preview: Preview) -> dict[str, Any]:
    return {
        "preview": preview,
        "people": [(person, _own_values(person.attributes)) for person in preview.people],
        "remarks": preview.remarks[:_SHOWN_REMARKS],
        "risks": preview.risks,
        "risk_lines": [
            {"risk": risk.value, "words": HELD[risk.value], "count": count, "examples": examples, "is_held": is_held}
            for risk, count, examples, is_held in (preview.risks.kinds if preview.risks else ())
        ],
        "rejected": sum(remark.is_reject for remark in preview.remarks),
    }


def _own_values(attributes: str) -> list[tuple[str, str]]:
    return [(key, typed_text(value)) for key, value in json.loads(attributes).items()]
