"""The sidebar's links for the member who looks."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.web.navigation import GROUPS, Place

register = template.Library()


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str | Promise
    icon: str
    place: str
    is_current: bool


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[dict[str, Any]]:
    """Groups with the links that this member may follow; empty groups are left out."""
    request = context["request"]
    groups = []
    here = _here(request.path)
    for group in GROUPS:
        seen = [_link(place, here) for place in group.places if may_see(request.user, place)]
        links = [link for link in seen if link]
        if links:
            groups.append({"title": group.title, "links": links})
    return groups


@register.simple_tag
def page_link(name: str, key: int, words: str) -> SafeString:
    """The words as a link to the page of this name, or the words alone while there is no such page."""
    try:
        return format_html('<a href="{}">{}</a>', reverse(name, args=[key]), words)
    except NoReverseMatch:
        return format_html("{}", words)


@register.filter
def initials(user: Any) -> str:
    """`Mira Lang` → `ML`."""
    words = str(user).partition("@")[0].replace(".", " ").split()
    return "".join(word[0] for word in [words[0], *words[1:][-1:]]).upper() if words else "?"


def may_see(user: Any, place: Place) -> bool:
    return not place.permission or user.has_perm(place.permission)


def _link(place: Place, here: Place | None) -> Link | None:
    """None while the place has no URL."""
    url = _url(place)
    return Link(url, place.label, place.icon, place.name, place is here) if url else None


def _here(path: str) -> Place | None:
    """The place whose path this page's begins with; of two, such as one inside the other, the longer."""
    lengths = {place: _reach(place, path) for group in GROUPS for place in group.places}
    nearest = max(lengths, key=lambda place: lengths[place])
    return nearest if lengths[nearest] else None


def _reach(place: Place, path: str) -> int:
    url = _url(place)
    if not url or url == "/":
        return int(path == url)
    return max((len(begin) for begin in (url, place.also) if begin and path.startswith(begin)), default=0)


def _url(place: Place) -> str:
    try:
        return reverse(place.name)
    except NoReverseMatch:
        return ""
