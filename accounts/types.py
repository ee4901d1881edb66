"""Who acts, as services see them: somebody with a name and permissions."""

from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """A member's part in the team; `accounts.rules.roles` says what each may do."""

    OWNER = "owner"
    MARKETER = "marketer"
    ANALYST = "analyst"
    DELIVERABILITY = "deliverability"
    DEVELOPER = "developer"
    PRIVACY = "privacy"


class Actor(Protocol):
    """A team member, an API key, or Sendwell itself."""

    def has_perm(self, perm: str) -> bool: ...

    def __str__(self) -> str: ...
