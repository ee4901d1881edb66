import pytest

from accounts.rules.roles import PERMISSIONS, is_allowed
from accounts.types import Role


def test_the_owner_may_do_whatever_anybody_may() -> None:
    assert frozenset().union(*PERMISSIONS.values()) == PERMISSIONS[Role.OWNER]


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (Role.MARKETER, "campaigns.send", True),
        (Role.MARKETER, "accounts.manage_team", False),
        (Role.MARKETER, "subscribers.export", False),
        (Role.ANALYST, "campaigns.view", True),
        (Role.ANALYST, "campaigns.edit", False),
        (Role.DELIVERABILITY, "deliverability.manage", True),
        (Role.DELIVERABILITY, "campaigns.send", False),
        (Role.DEVELOPER, "accounts.manage_keys", True),
        (Role.DEVELOPER, "config.build", True),
        (Role.MARKETER, "config.build", False),
        (Role.DEVELOPER, "campaigns.send", False),
    ],
)
def test_what_a_role_may_do(role: Role, permission: str, allowed: bool) -> None:
    assert is_allowed(role, permission) is allowed
