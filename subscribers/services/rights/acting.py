"""Who acts where a person uses their own rights: on a page that only their link opens."""

from typing import Final

from accounts.services.permission import require
from accounts.types import Actor

# Erasing, exporting and refusing are not everybody's: owners and the privacy role.
PRIVACY = "subscribers.privacy"


class Person:
    """Somebody at home on their own page: they may do with their own data what the law lets them."""

    def has_perm(self, perm: str) -> bool:
        return perm in ("subscribers.edit", PRIVACY)

    def __str__(self) -> str:
        return "the person"


PERSON: Final = Person()


def require_care(actor: Actor) -> None:
    """Who answers people may, and who cares for contacts. Raises PermissionRefused."""
    if not actor.has_perm(PRIVACY):
        require(actor, "subscribers.edit")
