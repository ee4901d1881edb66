"""A change of address as the consent ledger writes it."""

from typing import NamedTuple, Self

_ARROW = " → "


class Move(NamedTuple):
    """From one address to another; as text, the detail of a ledger entry."""

    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.old}{_ARROW}{self.new}"

    @classmethod
    def read(cls, detail: str) -> Self:
        old, _, new = detail.partition(_ARROW)
        return cls(old, new)
