"""Takes JSON apart piece by piece, knowing where it is: a mistake is named by its place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from subscribers.errors import RulesRefused

MOST_DAYS = 36_500
_LONGEST_TEXT = 1_000
_MOST_VALUES = 1_000
_LARGEST = 10**15
_LARGEST_ID = 2**63 - 1
_YEARS = range(1800, 3000)

Word = TypeVar("Word", bound=StrEnum)


@dataclass(slots=True)
class Reader:
    """One JSON object and its place; every key must be asked for, so that none is passed over in silence."""

    data: Mapping[str, Any]
    place: str
    _asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, data: object, place: str) -> "Reader":
        if not isinstance(data, dict):
            raise RulesRefused(place, "Expected an object with a “type”.")
        return cls(data, place)

    def refuse(self, key: str, why: str) -> RulesRefused:
        return RulesRefused(self.at(key), why)

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def get(self, key: str) -> object:
        """None where it is missing."""
        self._asked.add(key)
        return self.data.get(key)

    def text(self, key: str) -> str:
        return text_of(self.get(key), self.at(key))

    def word(self, key: str, words: type[Word]) -> Word:
        value = self.get(key)
        if not isinstance(value, str) or value not in set(words):
            raise self.refuse(key, f"Expected one of {', '.join(words)}.")
        return words(value)

    def whole(self, key: str, *, least: int, most: int) -> int:
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.refuse(key, f"Expected a whole number from {least} to {most:,}.")
        return value

    def id(self, key: str, known: Mapping[int, str], what: str) -> int:
        value = self.whole(key, least=1, most=_LARGEST_ID)
        if value not in known:
            raise self.refuse(key, f"There is no {what} {value} (any more).")
        return value

    def items(self, key: str) -> list[tuple[Any, str]]:
        """Each with its place."""
        value = self.get(key)
        if not isinstance(value, list):
            raise self.refuse(key, "Expected a list.")
        if len(value) > _MOST_VALUES:
            raise self.refuse(key, f"Expected at most {_MOST_VALUES:,} entries.")
        return [(each, f"{self.at(key)}[{number}]") for number, each in enumerate(value)]

    @contextmanager
    def whole_object(self) -> Iterator["Reader"]:
        """At its end, a key that nobody asked for is refused: it would mean something to whoever wrote it."""
        yield self
        if surplus := sorted(map(str, self.data.keys() - self._asked)):
            raise self.refuse(surplus[0], "This is not part of such a rule.")


def text_of(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RulesRefused(place, "Expected a text.")
    if len(value) > _LONGEST_TEXT:
        raise RulesRefused(place, f"Expected at most {_LONGEST_TEXT:,} characters.")
    # PostgreSQL holds no NUL, and half a surrogate pair is no character.
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise RulesRefused(place, "This text holds a character that cannot be compared.")
    return value


def number_of(value: object, place: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise RulesRefused(place, "Expected a number.")
    return Decimal(repr(value))


def date_of(value: object, place: str) -> date:
    if isinstance(value, str) and len(value) == len("2026-01-31"):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = date.min
        if found.year in _YEARS:
            return found
    raise RulesRefused(place, "Expected a date such as 2026-01-31.")


def boolean_of(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise RulesRefused(place, "Expected true or false.")
    return value
