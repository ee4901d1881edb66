"""The port through which apps above forget an erased person in what they keep."""

from typing import Protocol


class Forget(Protocol):
    """Joins the open transaction."""

    def __call__(self, *, contact_id: int, address: str) -> None: ...


_forgetters: list[Forget] = []


def register_forgetter(forget: Forget) -> None:
    """Called from AppConfig.ready."""
    _forgetters.append(forget)


def forget_elsewhere(*, contact_id: int, address: str) -> None:
    for forget in _forgetters:
        forget(contact_id=contact_id, address=address)
