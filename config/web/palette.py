"""What the command palette offers: pages, actions, and things found by what somebody types."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.queries.search import campaigns_named
from config.web.navigation import GROUPS
from subscribers.queries.contacts.search import contacts_starting_with
from templates_app.queries.search import templates_named


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `url` leads to a page; without one, `opens` names a dialog and `theme` a theme."""

    label: str | Promise
    hint: str | Promise
    icon: str
    url: str = ""
    opens: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, at the URL of this name."""

    name: str
    label: str | Promise
    icon: str
    permission: str


ACTIONS = (
    Action("campaign-new", _("New campaign"), "plus", "campaigns.edit"),
    Action("import-new", _("Import contacts"), "upload", "subscribers.import"),
    Action("template-new", _("New template"), "layout-template", "templates_app.edit"),
    Action("settings-team", _("Invite a colleague"), "user-plus", "accounts.manage_team"),
    Action("settings-providers", _("Set up a provider"), "server", "deliverability.manage"),
    Action("settings-profile", _("Your profile and sign-in"), "user", ""),
)
_HERE = (
    Entry(_("Keyboard shortcuts"), _("Action"), "keyboard", opens="#shortcuts"),
    Entry(_("Light theme"), _("Action"), "sun", theme="light"),
    Entry(_("Dark theme"), _("Action"), "moon", theme="dark"),
    Entry(_("Theme of the system"), _("Action"), "sun-moon", theme="system"),
)


def offer(user: Any, words: str) -> list[Entry]:
    """What fits the words and the person's role, in at most three queries; everything short when nothing is typed."""
    words = words.strip()
    fixed = [entry for entry in (*_pages(user), *_actions(user), *_HERE) if words.lower() in str(entry.label).lower()]
    return [*fixed, *_found(user, words)] if words else fixed


def _pages(user: Any) -> Iterator[Entry]:
    for group in GROUPS:
        for place in group.places:
            url = _url(place.name)
            if url and may(user, place.permission):
                yield Entry(place.label, group.title or _("Page"), place.icon, url)


def _actions(user: Any) -> Iterator[Entry]:
    for action in ACTIONS:
        url = _url(action.name)
        if url and may(user, action.permission):
            yield Entry(action.label, _("Action"), action.icon, url)


def _found(user: Any, words: str) -> Iterator[Entry]:
    if may(user, "campaigns.view") and _url("campaign", 0):
        for campaign in campaigns_named(words):
            yield Entry(campaign.name, _("Campaign"), "send", _url("campaign", campaign.id))
    if may(user, "templates_app.view") and _url("template", 0):
        for template in templates_named(words):
            yield Entry(template.name, _("Template"), "layout-template", _url("template", template.id))
    if may(user, "subscribers.view") and _url("contact", 0):
        for contact in contacts_starting_with(words):
            yield Entry(contact.email, contact.name or _("Contact"), "contact", _url("contact", contact.id))


def may(user: Any, permission: str) -> bool:
    return not permission or user.has_perm(permission)


def _url(name: str, *arguments: int) -> str:
    """Empty where no such page exists."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
