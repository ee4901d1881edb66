"""The places of the web admin: one table for the sidebar, the palette and the permission to see each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    """A page of its own. `name` is its URL's name; `permission` empty means every member.

    It is current on pages whose path begins as its own, or with `also`.
    """

    name: str
    label: str | Promise
    icon: str
    permission: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str | Promise
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "",
        (
            Place("home", _("Home"), "house"),
            Place("campaigns", _("Campaigns"), "send", "campaigns.view"),
            Place("calendar", _("Calendar"), "calendar", "campaigns.view"),
        ),
    ),
    Group(
        _("Audience"),
        (
            Place("contacts", _("Contacts"), "users", "subscribers.view"),
            Place("segments", _("Segments"), "filter", "subscribers.view"),
            Place("lists", _("Lists"), "list", "subscribers.view"),
            Place("forms", _("Forms & pages"), "clipboard-list", "subscribers.view"),
            Place("consent", _("Consent"), "clock", "subscribers.view"),
            Place("imports", _("Imports"), "upload", "subscribers.import"),
            Place("list-health", _("List health"), "heart-pulse", "subscribers.view", also="/sunset"),
            Place("suppressions", _("Suppressions"), "ban", "subscribers.view"),
            Place("privacy-requests", _("Privacy requests"), "fingerprint", "subscribers.view"),
        ),
    ),
    Group(_("Content"), (Place("templates", _("Templates"), "layout-template", "templates_app.view"),)),
    Group(
        _("Insights"),
        (
            Place("deliverability", _("Deliverability"), "shield-check", "deliverability.view"),
            Place("warmups", _("Warm-up"), "trending-up", "deliverability.view"),
            Place("alerts", _("Alerts"), "bell", "deliverability.view"),
        ),
    ),
    Group(_("Settings"), (Place("settings", _("Settings"), "settings", also="/account/"),)),
)

# The tabs of the settings, in this order.
SETTINGS = (
    Place("settings-profile", _("Profile"), "user"),
    Place("settings-organisation", _("Organisation"), "building-2", "accounts.manage_organisation"),
    Place("settings-team", _("Team"), "users", "accounts.manage_team"),
    Place("settings-providers", _("Providers"), "server", "deliverability.manage"),
    Place("settings-streams", _("Streams"), "route", "deliverability.manage"),
    Place("settings-fields", _("Custom fields"), "tag", "subscribers.edit"),
    Place("settings-lifecycle", _("Lifecycle"), "trending-up", "subscribers.edit"),
    Place("settings-frequency", _("Frequency"), "clock", "deliverability.manage"),
    Place("settings-permission", _("Permission"), "shield-check", "subscribers.set_policy"),
    Place("settings-retention", _("Retention"), "clock", "subscribers.privacy"),
    Place("settings-processing", _("Processing"), "file-text", "subscribers.privacy"),
    Place("settings-inboxes", _("Inboxes"), "inbox", "deliverability.manage"),
    Place("settings-audit", _("Audit log"), "history", "accounts.manage_team"),
)
