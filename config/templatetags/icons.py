"""Lucide icons, inlined so that they take the colour of their text and cost no request."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
FOLDER = settings.BASE_DIR / "static" / "vendor" / "lucide"


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """The icon as SVG, hidden from screen readers: the words beside it, or the button's label, say it."""
    return format_html(
        '<svg width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{1}</svg>',
        size,
        _paths(name),
    )


@cache
def _paths(name: str) -> SafeString:
    found = re.search(r"<svg[^>]*>(.*)</svg>", (FOLDER / f"{name}.svg").read_text(), re.DOTALL)
    if not found:
        raise ValueError(f"{name}.svg holds no SVG")
    return mark_safe(" ".join(found[1].split()))  # noqa: S308  our own vendored file
