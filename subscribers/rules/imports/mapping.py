"""Decides what becomes of each column of a file: by explicit word first, then by what its header says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from subscribers.rules.imports.headers import PAST_FIELDS, PERMISSION_FIELDS, Field, email_column, fields_of, fold
from subscribers.rules.imports.identifiers import is_identifier

IGNORE = "ignore"
_OFTEN = PERMISSION_FIELDS | PAST_FIELDS | {IGNORE}


class MappingRefused(ValueError):
    """The columns cannot be mapped as asked; the message says which and what to write."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where each column goes, by index from 0; `new_fields` are labels by key of custom fields still to be declared."""

    header: tuple[str, ...]
    fields: Mapping[int, Field]
    custom: Mapping[int, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    new_fields: Mapping[str, str] = field(default_factory=dict)

    def indexes_of(self, wanted: Field) -> list[int]:
        return [index for index, found in self.fields.items() if found is wanted]

    def index_of(self, wanted: Field) -> int | None:
        return next(iter(self.indexes_of(wanted)), None)

    def as_json(self) -> dict[str, str]:
        """Column → field or custom key, in the order of the file."""
        chosen = {**{index: found.value for index, found in self.fields.items()}, **self.custom}
        return {self.header[index]: chosen[index] for index in sorted(chosen)}


def plan_columns(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    explicit: Mapping[str, str],
    declared: Mapping[str, str],
    declare: bool = False,
) -> ColumnPlan:
    """`explicit` maps column → field, custom key or "ignore"; `declared` maps custom keys → labels.

    `rows` are a sample. With `declare`, columns that nobody knows become new custom fields instead of being ignored.
    Raises MappingRefused.
    """
    named = _check_explicit(header, explicit, declared, declare)
    fields = {index: Field(target) for index, target in named.items() if target in list(Field)}
    custom = {index: target for index, target in named.items() if index not in fields and target != IGNORE}
    _recognise(header, rows, named, fields, {fold(name) for name in (*declared, *declared.values())})
    if Field.EMAIL not in fields.values():
        raise MappingRefused(_no_email(header))
    rest = [index for index, name in enumerate(header) if name.strip() and index not in fields and index not in named]
    custom |= _match_declared(header, rest, declared, set(custom.values()))
    if declare:
        custom |= invent_keys(header, [index for index in rest if index not in custom], {*declared, *custom.values()})
    ignored = tuple(
        name for index, name in enumerate(header) if name.strip() and index not in fields and index not in custom
    )
    new_fields = {
        key: header[index].strip() for index, key in custom.items() if key not in declared and not is_identifier(key)
    }
    return ColumnPlan(tuple(header), fields, custom, ignored, new_fields)


def _check_explicit(
    header: Sequence[str], explicit: Mapping[str, str], declared: Mapping[str, str], declare: bool
) -> dict[int, str]:
    places = {name.strip(): index for index, name in reversed(list(enumerate(header)))}
    unknown = [name for name in explicit if name.strip() not in places]
    if unknown:
        raise MappingRefused(
            f"The file has no column {_quoted(unknown)}. Its columns are: {_quoted(header)}. Nothing was imported; "
            "write the column's name as in the file."
        )
    known = {*Field, *declared, IGNORE}
    strange = sorted({each for each in explicit.values() if each not in known and not is_identifier(each)})
    if strange and not (declare and all(re.fullmatch(r"[a-z][a-z0-9_-]{0,49}", key) for key in strange)):
        raise MappingRefused(
            f"There is no field {_quoted(strange)}. Fields are: {', '.join([*Field, *sorted(declared), IGNORE])}. "
            "Nothing was imported. To keep the column as a custom field of that name (small letters, digits, _), "
            "declare it first or add --declare-fields."
        )
    twice = {
        target for target in explicit.values() if list(explicit.values()).count(target) > 1 and target not in _OFTEN
    }
    if twice:
        raise MappingRefused(f"Two columns are mapped to {_quoted(sorted(twice))}. Map only one of them.")
    return {places[name.strip()]: target.strip() for name, target in explicit.items()}


def _recognise(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    named: Mapping[int, str],
    fields: dict[int, Field],
    declared: set[str],
) -> None:
    if Field.EMAIL not in fields.values():
        index = email_column(header, rows)
        if index is not None and index not in named:
            fields[index] = Field.EMAIL
    for index, found in enumerate(fields_of(header)):
        if index in named or index in fields or found is None or found is Field.EMAIL:
            continue
        if found in PAST_FIELDS and fold(header[index]) in declared:
            continue
        if found in _OFTEN or found not in fields.values():
            fields[index] = found
    _mend_names(header, fields)


def _mend_names(header: Sequence[str], fields: dict[int, Field]) -> None:
    """ "Name" beside "Vorname" is the family name in German files, beside "Surname" the first, alone the whole one."""
    found = {field: index for index, field in fields.items()}
    full, first, last = (found.get(each) for each in (Field.FULL_NAME, Field.FIRST_NAME, Field.LAST_NAME))
    if full is not None and first is not None:
        if last is None:
            fields[full] = Field.LAST_NAME
        else:
            del fields[full]
    elif full is not None and last is not None:
        fields[full] = Field.FIRST_NAME
    elif first is None and last is not None and full is None and fold(header[last]) == "nom":
        fields[last] = Field.FULL_NAME


def _match_declared(
    header: Sequence[str], rest: Sequence[int], declared: Mapping[str, str], taken: set[str]
) -> dict[int, str]:
    by_name = {fold(label): key for key, label in declared.items()} | {fold(key): key for key in declared}
    found: dict[int, str] = {}
    for index in rest:
        key = by_name.get(fold(header[index]))
        if key and key not in taken:
            found[index] = key
            taken.add(key)
    return found


def invent_keys(header: Sequence[str], rest: Sequence[int], taken: set[str]) -> dict[int, str]:
    """Keys for new custom fields, made from their headers; none of them is among `taken`, which grows by them."""
    found: dict[int, str] = {}
    for index in rest:
        stem = re.sub(r"[^a-z0-9]+", "_", fold(header[index])).strip("_")[:40] or "field"
        key = next(key for key in (stem, *(f"{stem}_{n}" for n in range(2, len(header) + 2))) if key not in taken)
        found[index] = key
        taken.add(key)
    return found


def _no_email(header: Sequence[str]) -> str:
    return (
        f"No column of the file holds e-mail addresses. Its columns are: {_quoted(header)}. Nothing was imported. "
        'If one of them does hold addresses, name it: --map "Column=email".'
    )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:40])
