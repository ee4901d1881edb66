"""What is known of two contacts who are one person: the one who stays is right, and their blanks are filled."""

from collections.abc import Mapping
from typing import Any

OWN = ("first_name", "last_name", "locale", "time_zone", "country")


def filled(kept: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, Any]:
    """All values, the kept ones first; an empty text, list or nothing is a blank."""
    return {**{key: value for key, value in merged.items() if not is_blank(value)}, **_known(kept)}


def conflicts(kept: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By key what both know differently: the value that stays and the one that does not."""
    both = _known(kept).keys() & _known(merged).keys()
    return {key: (kept[key], merged[key]) for key in sorted(both) if kept[key] != merged[key]}


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if not is_blank(value)}
