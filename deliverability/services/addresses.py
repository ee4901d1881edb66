"""The port through which the apps above say who a recipient is: the engine keeps ids, and suppresses addresses."""

from collections.abc import Callable, Collection

Addresses = Callable[[Collection[int]], dict[int, str]]
_addresses: list[Addresses] = []


def register_addresses(addresses: Addresses) -> None:
    """Called from AppConfig.ready; `addresses` returns the address of every recipient id that it knows."""
    _addresses[:] = [addresses]


def addresses_of(recipient_ids: Collection[int]) -> dict[int, str]:
    """Empty where nobody knows any of them."""
    return _addresses[0](recipient_ids) if _addresses else {}
