"""Declares custom fields and changes what may be changed of them; values are never lost without a word."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import FieldRefused
from subscribers.models import CustomField
from subscribers.queries.contacts.custom_fields import MOST_VALUES, field_line, values_of
from subscribers.rules.imports.field_values import converted
from subscribers.rules.imports.headers import Field, fold

_MOST_OPTIONS = 200
_RESERVED = frozenset({*Field, "ignore"})
_CONVERT = """
UPDATE subscribers_contact SET attributes = CASE WHEN told.new IS NULL THEN attributes - %s
    ELSE jsonb_set(attributes, ARRAY[%s], told.new) END
FROM jsonb_to_recordset(%s::jsonb) AS told (old jsonb, new jsonb)
WHERE attributes ? %s AND attributes -> %s = told.old
"""


def create_field(*, actor: Actor, label: str, kind: str, options: Sequence[str] = (), key: str = "") -> CustomField:
    """The key is made of the label where none is given. Raises FieldRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    label, options = _label(label), _options(kind, options)
    key = key.strip() or re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:40]
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,49}", key) or key in _RESERVED:
        raise FieldRefused(
            f"“{key}” cannot be a key: it begins with a letter, holds small letters, digits, - and _, and is none of "
            "our own fields. Nothing was saved."
        )
    if CustomField.objects.filter(key=key).exists():
        raise FieldRefused(f"There is a field with the key “{key}” already. Nothing was saved. Choose another key.")
    field = CustomField.objects.create(key=key, label=label, kind=CustomField.Kind(kind), options=options)
    record(actor=actor, text=f"Declared the custom field “{label}”.")
    return field


@transaction.atomic
def change_field(*, actor: Actor, field_id: int, label: str, options: Sequence[str] = ()) -> CustomField:
    """Its label, and of a choice its options: one that is no longer among them retires, and whoever has it keeps it.

    Raises FieldRefused, PermissionRefused.
    """
    require(actor, "subscribers.edit")
    field = _locked(field_id)
    field.label = _label(label)
    if field.kind == CustomField.Kind.CHOICE:
        kept = _options(field.kind, options)
        before = [*field.options, *field.retired_options]
        field.options, field.retired_options = kept, [each for each in before if each not in kept]
    field.save()
    return field


@transaction.atomic
def change_kind(
    *, actor: Actor, field_id: int, kind: str, options: Sequence[str] = (), loses_values: bool = False
) -> int:
    """Read every value as the other kind; returns how many people lost theirs, which `loses_values` must allow.

    Raises FieldRefused, which says how many would lose what; PermissionRefused.
    """
    require(actor, "subscribers.edit")
    field = _locked(field_id)
    options = _options(kind, options)
    known = values_of(field.key)
    if len(known) > MOST_VALUES:
        raise FieldRefused(
            f"“{field.label}” has more than {MOST_VALUES:,} different values, so it stays what it is. Make a new field."
        )
    new = {json.dumps(value): converted(value, kind, options) for value, _ in known}
    lost = [(value, people) for value, people in known if new[json.dumps(value)] is None]
    people = sum(count for _, count in lost)
    if lost and not loses_values:
        raise FieldRefused(
            f"{people:,} people would lose their value, such as “{lost[0][0]}”, which is no {kind}. Nothing was "
            "changed. Correct these values first, or say that they may go."
        )
    _write_values(field.key, [(value, new[json.dumps(value)]) for value, _ in known])
    field.kind, field.options, field.retired_options = CustomField.Kind(kind), options, []
    field.save()
    record(actor=actor, text=f"Made a {kind} of the custom field “{field.label}”; {people:,} values were lost.")
    return people


@transaction.atomic
def archive_field(*, actor: Actor, field_id: int) -> None:
    """Offered nowhere any more; its values are kept. Raises FieldRefused while something uses it, PermissionRefused."""
    require(actor, "subscribers.edit")
    field = _locked(field_id)
    line = field_line(field_id)
    if line and line.is_used:
        users = ", ".join(f"“{name}”" for name in [*line.segments, *line.templates][:5])
        raise FieldRefused(f"{users} use “{field.label}”, so it stays. Take it out of them first.")
    field.archived_at = timezone.now()
    field.save()
    record(actor=actor, text=f"Archived the custom field “{field.label}”.")


@transaction.atomic
def restore_field(*, actor: Actor, field_id: int) -> None:
    """Raises FieldRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    field = _locked(field_id)
    field.archived_at = None
    field.save()
    record(actor=actor, text=f"Took the custom field “{field.label}” out of the archive.")


def _locked(field_id: int) -> CustomField:
    field = CustomField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise FieldRefused("This field does not exist any more. Nothing was changed.")
    return field


def _label(text: str) -> str:
    label = text.strip()
    if not label or len(label) > 100:
        raise FieldRefused("A field needs a name of at most 100 characters. Nothing was saved.")
    return label


def _options(kind: str, given: Sequence[str]) -> list[str]:
    if kind not in set(CustomField.Kind):
        raise FieldRefused("There is no such kind of field. Nothing was saved.")
    options = list(dict.fromkeys(each.strip() for each in given if each.strip()))
    if kind != CustomField.Kind.CHOICE:
        return []
    if not options:
        raise FieldRefused("A choice needs at least one option. Nothing was saved. Write one on each line.")
    if len(options) > _MOST_OPTIONS or any(len(each) > 100 for each in options):
        raise FieldRefused(
            f"A choice has at most {_MOST_OPTIONS} options of at most 100 characters each. Nothing was saved."
        )
    return options


def _write_values(key: str, pairs: Sequence[tuple[Any, Any]]) -> None:
    told: list[Mapping[str, Any]] = [{"old": old, "new": new} for old, new in pairs if old != new]
    with connection.cursor() as cursor:
        cursor.execute(_CONVERT, [key, key, json.dumps(told), key, key])
