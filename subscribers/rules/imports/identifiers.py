"""Columns that hold ids of another system: mapped to `id:` and the system's name, such as `id:shop`."""

import re

from subscribers.rules.imports.words import CellRefused

PREFIX = "id:"
_LONGEST = 200
_TARGET = re.compile(r"id:[a-z0-9][a-z0-9_-]{0,49}")


def is_identifier(target: str) -> bool:
    return _TARGET.fullmatch(target) is not None


def identifier_of(text: str) -> str:
    """Raises CellRefused."""
    if len(text) > _LONGEST:
        raise CellRefused(f"This id is longer than {_LONGEST} characters.")
    return text
