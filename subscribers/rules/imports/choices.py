"""What a person chooses for an import in the browser, column by column, and what that comes to as a mapping."""

from collections.abc import Mapping, Sequence

from subscribers.rules.imports.headers import Field, fields_of
from subscribers.rules.imports.mapping import IGNORE, MappingRefused, invent_keys, plan_columns

# What stands in a column's choice when it is to become a new custom field of this kind.
NEW = "new:"
KINDS = ("text", "number", "date", "boolean", "list")


def choosable(header: Sequence[str]) -> list[int]:
    """Columns that have a name of their own; a second one of the same name cannot be told from the first."""
    names = [name.strip() for name in header]
    return [index for index, name in enumerate(names) if name and names.index(name) == index]


def first_choices(header: Sequence[str], rows: Sequence[Sequence[str]], declared: Mapping[str, str]) -> dict[int, str]:
    """What the headers say by themselves, by column; "ignore" for what nobody knows."""
    try:
        plan = plan_columns(header, rows, explicit={}, declared=declared)
    except MappingRefused:
        # No column of addresses is found: the person says which it is, the rest may well be right.
        named = fields_of(header)
        return {index: (named[index] or IGNORE) for index in choosable(header)}
    known: dict[int, str] = {**plan.fields, **plan.custom}
    return {index: str(known.get(index, IGNORE)) for index in choosable(header)}


def new_fields(header: Sequence[str], choices: Mapping[int, str], taken: set[str]) -> dict[int, tuple[str, str]]:
    """(key, kind) of every custom field that the choices ask for anew, by column."""
    kinds = {index: choice.removeprefix(NEW) for index, choice in choices.items() if choice.startswith(NEW)}
    keys = invent_keys(header, sorted(kinds), {*taken, *Field, IGNORE})
    return {index: (key, kinds[index]) for index, key in keys.items()}


def mapping_of(header: Sequence[str], choices: Mapping[int, str], new: Mapping[int, tuple[str, str]]) -> dict[str, str]:
    """Column name → field, custom field key or "ignore", as an import order wants it."""
    return {
        header[index].strip(): new[index][0] if index in new else choices.get(index, IGNORE)
        for index in choosable(header)
    }
