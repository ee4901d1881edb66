"""What each role may do. Permissions are named `app.verb` like Django's own, so templates and views read them alike."""

from accounts.types import Role

_LOOK = {"campaigns.view", "subscribers.view", "templates_app.view", "deliverability.view"}
_WRITE = {"campaigns.edit", "campaigns.send", "subscribers.edit", "subscribers.import", "templates_app.edit"}
_OWN = {
    "campaigns.approve",
    "campaigns.exempt",
    "subscribers.export",
    "subscribers.set_policy",
    "subscribers.privacy",
    "deliverability.manage",
    "accounts.manage_team",
    "accounts.manage_organisation",
    "accounts.manage_keys",
    "config.build",
}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.OWNER: frozenset(_LOOK | _WRITE | _OWN),
    Role.MARKETER: frozenset(_LOOK | _WRITE),
    Role.ANALYST: frozenset(_LOOK | {"subscribers.export"}),
    Role.DELIVERABILITY: frozenset(_LOOK | {"deliverability.manage", "campaigns.approve", "campaigns.exempt"}),
    Role.DEVELOPER: frozenset(_LOOK | {"templates_app.edit", "accounts.manage_keys", "config.build"}),
    # Answers what people ask about their data: only owners do so besides.
    Role.PRIVACY: frozenset(_LOOK | {"subscribers.privacy"}),
}
# Every permission that some role has; Django's own for its admin, such as `campaigns.change_campaign`, are not ours.
KNOWN = frozenset().union(*PERMISSIONS.values())


def is_allowed(role: Role, permission: str) -> bool:
    return permission in PERMISSIONS[role]
