"""The custom fields as the team manages them: what each is, and what would miss it."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from subscribers.models import CustomField, Segment
from subscribers.rules.segments.fields import CUSTOM
from templates_app.queries.tag_use import templates_with

# Values differ in a handful of ways, or the field is no good as another kind: more than this is not looked through.
MOST_VALUES = 10_000
_VALUES = """
SELECT attributes -> %s, count(*) FROM subscribers_contact WHERE attributes ? %s GROUP BY 1 LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field; names of the segments and templates that use it."""

    field: CustomField
    segments: list[str]
    templates: list[str]

    @property
    def is_used(self) -> bool:
        return bool(self.segments or self.templates)


def field_lines() -> list[FieldLine]:
    """All of them, archived ones last; three queries."""
    fields = sorted(CustomField.objects.all(), key=lambda each: (each.archived_at is not None, each.label.lower()))
    return _lines(fields)


def field_line(field_id: int) -> FieldLine | None:
    found = CustomField.objects.filter(pk=field_id).first()
    return _lines([found])[0] if found else None


def values_of(key: str) -> list[tuple[Any, int]]:
    """Every value that contacts have, and how many have it; one more than MOST_VALUES where there are too many."""
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, [key, key, MOST_VALUES + 1])
        return [(_plain(value), people) for value, people in cursor.fetchall()]


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _lines(fields: Collection[CustomField]) -> list[FieldLine]:
    segments = [
        (name, set(_names(rules))) for name, rules in Segment.objects.order_by("name").values_list("name", "rules")
    ]
    templates = templates_with({f"contact.{each.key}" for each in fields})
    return [
        FieldLine(
            each,
            [name for name, used in segments if CUSTOM + each.key in used],
            templates.get(f"contact.{each.key}", []),
        )
        for each in fields
    ]


def _names(rules: Any) -> Iterator[str]:
    """The names of fields in rules, which may speak of what has gone and so cannot be parsed."""
    if isinstance(rules, dict):
        if isinstance(rules.get("field"), str):
            yield rules["field"]
        for part in rules.values():
            yield from _names(part)
    elif isinstance(rules, list):
        for part in rules:
            yield from _names(part)
