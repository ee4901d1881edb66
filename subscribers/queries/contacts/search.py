"""Finds people by the start of their address or name, from indexes alone, so that a million of them cost nothing."""

from typing import NamedTuple

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Lower

from subscribers.models import Contact

# Sorts behind every character that a name or address can hold.
_LAST = "\U0010ffff"
SHORTEST = 2


class FoundContact(NamedTuple):
    id: int
    email: str
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def contacts_starting_with(words: str, *, most: int = 5) -> list[FoundContact]:
    """At most `most` people whose address, first name or last name starts so; "mira la" reads as both names."""
    folded = words.strip().lower()
    if len(folded) < SHORTEST:
        return []
    parts = [*_parts(folded), _known_elsewhere(words.strip())]
    rows = parts[0][:most].union(*(part[:most] for part in parts[1:]))
    return [FoundContact(*row) for row in sorted(rows, key=lambda row: row[1])[:most]]


def ids_starting_with(words: str, *, most: int) -> tuple[set[int], bool]:
    """The same people by id, at most `most` for each of address, first and last name; True if there are more."""
    folded = words.strip().lower()
    if len(folded) < SHORTEST:
        return set(), False
    found = [list(part.values_list("id", flat=True)[: most + 1]) for part in _parts(folded)]
    found.append(list(_known_elsewhere(words.strip()).values_list("id", flat=True)[:most]))
    return {key for part in found for key in part[:most]}, any(len(part) > most for part in found)


def _parts(folded: str) -> list[QuerySet[Contact, tuple[int, str, str, str]]]:
    """One ordered index scan each; an OR would read and sort everything that matches."""
    first, _, last = folded.partition(" ")
    by_last = _starting("last_name", last or first)
    if last:
        return [by_last.alias(first=_key("first_name")).filter(**_range("first", first))]
    return [_starting("email", first), _starting("first_name", first), by_last]


def _known_elsewhere(external_id: str) -> QuerySet[Contact, tuple[int, str, str, str]]:
    """Whoever another system knows by exactly this id."""
    found = Contact.objects.filter(identifiers__external_id=external_id).alias(key=_key("email")).order_by("key")
    return found.values_list("id", "email", "first_name", "last_name")


def _starting(field: str, folded: str) -> QuerySet[Contact, tuple[int, str, str, str]]:
    found = Contact.objects.alias(key=_key(field)).filter(**_range("key", folded))
    return found.order_by("key").values_list("id", "email", "first_name", "last_name")


def _key(field: str) -> Lower:
    return Lower(field, output_field=CharField())


def _range(key: str, folded: str) -> dict[str, Value]:
    """A range and not LIKE: it uses the index whatever is in the word, and the planner knows how many it holds."""
    return {f"{key}__gte": Value(folded), f"{key}__lt": Value(folded + _LAST)}
