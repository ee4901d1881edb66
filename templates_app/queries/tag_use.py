"""Which templates speak of what: asked before something that they speak of goes away."""

from collections.abc import Collection

from templates_app.models import Template, TemplateVersion
from templates_app.rules.liquid.analysis import merge_tags


def templates_with(tags: Collection[str]) -> dict[str, list[str]]:
    """Names of templates by merge tag, such as `contact.city`: as they stand now, or in a version that can be sent."""
    found: dict[str, set[str]] = {}
    for name, *texts in Template.objects.values_list("name", "subject", "preheader", "source"):
        for text in texts:
            for tag in merge_tags(text):
                found.setdefault(tag.path, set()).add(name)
    for name, paths in TemplateVersion.objects.values_list("template__name", "merge_tags"):
        for path in paths:
            found.setdefault(path, set()).add(name)
    return {tag: sorted(found[tag]) for tag in tags if tag in found}
