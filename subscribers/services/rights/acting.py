"""Who acts where a person uses their own rights: on a page that only their link opens."""

from typing import Final


class Person:
    """Somebody at home on their own page: they may do with their own data what the law lets them."""

    def has_perm(self, perm: str) -> bool:
        return perm in ("subscribers.edit", "subscribers.privacy")

    def __str__(self) -> str:
        return "the person"


PERSON: Final = Person()
# Erasing, exporting and refusing are not everybody's: owners and the privacy role.
PRIVACY = "subscribers.privacy"
