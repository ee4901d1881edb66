"""Reads templates and their versions for the screens that show them."""

from django.db.models import Count, QuerySet

from templates_app.errors import UnknownTemplate
from templates_app.models import Template, TemplateVersion


def found_templates(words: str = "") -> QuerySet[Template]:
    """Those whose name contains the words, the last edited first, each with `version_count`; without their source."""
    templates = Template.objects.annotate(version_count=Count("versions")).defer("source")
    if words:
        templates = templates.filter(name__icontains=words)
    return templates.order_by("-saved_at", "-id")


def template(template_id: int) -> Template:
    """Raises UnknownTemplate."""
    found = Template.objects.filter(pk=template_id).first()
    if found is None:
        raise UnknownTemplate
    return found


def versions_of(template_id: int) -> QuerySet[TemplateVersion]:
    """What was published of a template, the newest first, without the heavy columns."""
    return TemplateVersion.objects.filter(template_id=template_id).defer("source", "html", "text").order_by("-number")


def version(version_id: int) -> TemplateVersion:
    """With its template. Raises UnknownTemplate."""
    found = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    if found is None:
        raise UnknownTemplate
    return found
