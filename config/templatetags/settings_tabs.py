"""The tab bar on top of every page of the settings: what the person may open."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from config.web.navigation import SETTINGS

register = template.Library()


@register.inclusion_tag("web/components/tabs.html", takes_context=True)
def settings_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """A page of its own below a tab, such as the form of one provider, keeps the tab's name as its beginning."""
    request = context["request"]
    match = request.resolver_match
    here = match.url_name if match else ""
    if not here.startswith("settings-"):
        here = "settings-profile"
    tabs = [
        (place.label, reverse(place.name), here.startswith(place.name), None)
        for place in SETTINGS
        if _exists(place.name) and (not place.permission or request.user.has_perm(place.permission))
    ]
    return {"label": "Settings", "tabs": tabs}


def _exists(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
