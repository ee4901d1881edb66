"""The gate in front of every service that changes something."""

from accounts.errors import PermissionRefused
from accounts.types import Actor


class Sendwell:
    """The actor of what happens by itself, and of commands typed on the server: whoever can type them may do all."""

    def has_perm(self, perm: str) -> bool:
        return True

    def __str__(self) -> str:
        return "Sendwell"


SENDWELL = Sendwell()


def require(actor: Actor, permission: str) -> None:
    """Raises PermissionRefused."""
    if not actor.has_perm(permission):
        raise PermissionRefused(
            f"{actor} may not do this: it needs the permission “{permission}”. An owner can grant it."
        )
