"""Reads the value of a custom field, whatever its kind: from a cell, from a form, and from another kind."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from subscribers.rules.imports.values import boolean_of, date_of, number_of, text_of
from subscribers.rules.imports.words import CellRefused

MOST_ITEMS = 100
_LONGEST_JSON = 20_000
_READERS: dict[str, Callable[[str], object]] = {
    "text": text_of,
    "number": number_of,
    "date": date_of,
    "boolean": boolean_of,
}


def reader_of(kind: str, options: Sequence[str] = ()) -> Callable[[str], object]:
    """What makes a value of a text that is not empty; it raises CellRefused with the reason in words."""
    if kind == "choice":
        return _choice_of(options)
    return {**_READERS, "list": list_of, "json": json_of}[kind]


def list_of(text: str) -> list[str]:
    """`a; b` or `a, b`, or JSON as `["a", "b"]`; each once. Raises CellRefused."""
    if text.startswith("["):
        found = json_of(text)
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise CellRefused("This is no list of texts.")
        parts = found
    else:
        parts = text.split(";" if ";" in text else ",")
    items = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(items) > MOST_ITEMS:
        raise CellRefused(f"This list has more than {MOST_ITEMS} entries.")
    return items


def json_of(text: str) -> Any:
    """Raises CellRefused."""
    if len(text) > _LONGEST_JSON:
        raise CellRefused(f"This JSON is longer than {_LONGEST_JSON:,} characters.")
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        # PostgreSQL takes neither the infinity that 1e400 becomes nor half a surrogate pair.
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
        return found
    except (ValueError, RecursionError):
        raise CellRefused("This is no JSON.") from None


def typed_text(value: Any) -> str:
    """How a person would type the value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value) if not any(";" in each for each in value) else json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def converted(value: Any, kind: str, options: Sequence[str] = ()) -> Any:
    """The value as one of another kind; None where it cannot be one."""
    if kind == "json":
        return value
    if kind == "list" and isinstance(value, str):
        return [value] if value else None
    try:
        return reader_of(kind, options)(typed_text(value).strip())
    except CellRefused:
        return None


def _choice_of(options: Sequence[str]) -> Callable[[str], str]:
    by_folded = {option.casefold(): option for option in options}

    def read(text: str) -> str:
        found = by_folded.get(text.casefold())
        if found is None:
            shown = ", ".join(options[:10]) + (" …" if len(options) > 10 else "")
            raise CellRefused(f"This is none of the options: {shown}.")
        return found

    return read


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
