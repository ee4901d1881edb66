"""The template editor's page, and what it asks the server while somebody types."""

from dataclasses import asdict
from typing import Any

from csp.constants import NONCE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.rules.clocks import clock
from templates_app.errors import EditedMeanwhile, NameRefused, Problem, TemplateErrors, UnknownTemplate
from templates_app.models import Template
from templates_app.queries.templates import template as template_of
from templates_app.rules.liquid.analysis import ALWAYS_KNOWN
from templates_app.rules.liquid.branches import branches
from templates_app.services.drafting import rename_template, save_draft
from templates_app.services.people import people
from templates_app.services.preview import MAIL_TAGS, preview, unknown_tags
from templates_app.views.editor_words import editor_words
from templates_app.views.mail_pages import adapts_to_dark, keep_page
from templates_app.views.people import contact_values
from templates_app.views.way_back import way_back


# CodeMirror writes its styles into the page; the nonce lets it, and nobody else.
@csp_update({"style-src": [NONCE]})  # type: ignore[arg-type]  # it types only views without arguments
@require_safe
@permission_required("templates_app.view", raise_exception=True)
def editor(request: HttpRequest, template_id: int) -> HttpResponse:
    template = template_of(template_id)
    return render(
        request,
        "templates_app/editor.html",
        {
            "template": template,
            "back": way_back(request) or reverse("templates"),
            "can_edit": request.user.has_perm("templates_app.edit"),
            "test_url": _url("template-test", template.pk),
            "config": _config(request, template),
            "words": editor_words(),
            "has_code_editor": True,
        },
    )


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def save(request: HttpRequest, template_id: int) -> HttpResponse:
    """200 with the new revision; 409 with what somebody else saved in the meantime; 404 when it was deleted."""
    revision = request.POST.get("revision", "")
    try:
        template = save_draft(
            template_id=template_id,
            revision=int(revision) if revision.isdecimal() else 0,
            source=request.POST.get("source", ""),
            subject=request.POST.get("subject", ""),
            preheader=request.POST.get("preheader", ""),
            actor=request.user,
        )
    except EditedMeanwhile:
        return JsonResponse(_state(request, template_of(template_id), with_content=True), status=409)
    except UnknownTemplate as error:
        return JsonResponse({"words": str(error)}, status=404)
    return JsonResponse(_state(request, template, with_content=False))


@require_safe
@permission_required("templates_app.view", raise_exception=True)
def state(request: HttpRequest, template_id: int) -> HttpResponse:
    """Who saved last, and what, if it is not the `revision` that the editor knows."""
    template = template_of(template_id)
    is_known = request.GET.get("revision") == str(template.revision)
    return JsonResponse(_state(request, template, with_content=not is_known))


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def rename_inline(request: HttpRequest, template_id: int) -> HttpResponse:
    try:
        template = rename_template(template_id=template_id, name=request.POST.get("name", ""), actor=request.user)
    except NameRefused as error:
        return JsonResponse({"words": str(error)}, status=422)
    return JsonResponse({"name": template.name})


@require_POST
@permission_required("templates_app.view", raise_exception=True)
def preview_mail(request: HttpRequest) -> HttpResponse:
    """Compiles what the editor holds: the mail as `person` gets it, or every problem with its line and advice."""
    texts = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in ("source", "subject", "preheader")}
    values = contact_values(request, request.POST.get("person", ""), texts["source"])
    try:
        mail = preview(**texts, contact_values=values)
    except TemplateErrors as errors:
        return JsonResponse({"problems": _problems(errors.problems, "error"), "mail": None})
    worth_a_look = unknown_tags(**texts, contact_tags=people().tags())
    token = keep_page(int(request.user.pk or 0), mail.html)
    return JsonResponse(
        {
            "problems": _problems(worth_a_look, "warning"),
            "branches": [branch.label for branch in branches(texts["source"])],
            "mail": {
                "subject": mail.subject,
                "preheader": mail.preheader,
                "text": mail.text,
                "size": mail.size,
                "page": reverse("template-shown", args=[token]),
                "adapts_to_dark": adapts_to_dark(mail.html),
            },
        }
    )


def _problems(problems: list[Problem], severity: str) -> list[dict[str, Any]]:
    return [{**asdict(problem), "severity": severity} for problem in problems]


def _state(request: HttpRequest, template: Template, *, with_content: bool) -> dict[str, Any]:
    said = {
        "revision": template.revision,
        "saved_by": template.saved_by,
        "is_mine": template.saved_by == str(request.user),
        "saved_at": clock(template.saved_at, str(getattr(request.user, "time_zone", "") or "UTC")),
    }
    if with_content:
        said |= {"source": template.source, "subject": template.subject, "preheader": template.preheader}
    return said


def _config(request: HttpRequest, template: Template) -> dict[str, Any]:
    own = {name: reverse(f"template-{name}", args=[template.pk]) for name in ("save", "state", "rename")}
    return {
        "id": template.pk,
        "user": request.user.pk,
        "revision": template.revision,
        "source": template.source,
        "nonce": str(request.csp_nonce),  # type: ignore[attr-defined]
        "urls": {
            **own,
            "signIn": reverse(settings.LOGIN_URL),
            "preview": reverse("template-preview"),
            "people": reverse("template-people"),
        },
        "tags": sorted(people().tags() | MAIL_TAGS | ALWAYS_KNOWN),
        "canEdit": request.user.has_perm("templates_app.edit"),
        "canFindPeople": request.user.has_perm("subscribers.view"),
    }


def _url(name: str, *args: int) -> str:
    """Empty while the apps above offer no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
