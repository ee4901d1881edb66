"""What was published of a template: the drawer, comparisons, and the way back to an older text."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import OrganisationMissing
from templates_app.errors import TemplateErrors
from templates_app.queries.lines import line_as_read
from templates_app.queries.templates import template as template_of
from templates_app.queries.templates import version as version_of
from templates_app.queries.templates import versions_of
from templates_app.rules.difference import compare
from templates_app.services.people import people
from templates_app.services.preview import MAIL_TAGS
from templates_app.services.versions import publish_version

_SHOWN = 50


@require_safe
@permission_required("templates_app.view", raise_exception=True)
def versions(request: HttpRequest, template_id: int) -> HttpResponse:
    return _drawer(request, template_id)


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def publish(request: HttpRequest, template_id: int) -> HttpResponse:
    """Keeps the draft as a version, if it compiles; else the drawer says what is in the way."""
    template = template_of(template_id)
    try:
        version = publish_version(
            template_id=template_id,
            subject=template.subject,
            preheader=template.preheader,
            known_tags=people().tags() | MAIL_TAGS,
            author=str(request.user),
        )
    except (TemplateErrors, OrganisationMissing) as error:
        problems = error.problems if isinstance(error, TemplateErrors) else [error]
        return _drawer(request, template_id, list(map(str, problems)))
    messages.success(request, _("Kept as version %(number)s.") % {"number": version.number})
    return _drawer(request, template_id)


@require_safe
@permission_required("templates_app.view", raise_exception=True)
def difference(request: HttpRequest, version_id: int) -> HttpResponse:
    """A version beside the draft as it was last saved."""
    version = version_of(version_id)
    older, newer = _("Version %(number)s") % {"number": version.number}, _("Your draft now")
    return _comparison(request, version.source, version.template.source, older, newer)


@require_POST
@permission_required("templates_app.view", raise_exception=True)
def compare_unsaved(request: HttpRequest, template_id: int) -> HttpResponse:
    """What somebody else saved beside the text that an editor could not save."""
    template = template_of(template_id)
    mine = request.POST.get("source", "").replace("\r\n", "\n")
    theirs = _("Saved by %(name)s") % {"name": template.saved_by or _("somebody")}
    return _comparison(request, template.source, mine, theirs, _("Your version"))


@require_safe
@permission_required("templates_app.view", raise_exception=True)
def version_source(request: HttpRequest, version_id: int) -> HttpResponse:
    """The text of a version, which the editor takes up as a new draft; undo brings the former one back."""
    version = version_of(version_id)
    return JsonResponse({"source": version.source, "subject": version.subject, "preheader": version.preheader})


def _drawer(request: HttpRequest, template_id: int, problems: list[str] | None = None) -> HttpResponse:
    context = {
        "template": template_of(template_id),
        "versions": [(version, line_as_read(version.subject)) for version in versions_of(template_id)[:_SHOWN]],
        "problems": problems,
    }
    return render(request, "templates_app/versions.html", context)


def _comparison(request: HttpRequest, before: str, after: str, older: str, newer: str) -> HttpResponse:
    context = {"places": compare(before, after), "older": older, "newer": newer}
    return render(request, "templates_app/difference.html", context)
