"""Says what a file would be taken for, without a database: its columns of addresses and permission, and its product."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from subscribers.errors import ImportRefused
from subscribers.rules.imports.file_names import COLUMN
from subscribers.rules.imports.headers import Field
from subscribers.rules.imports.mapping import ColumnPlan, MappingRefused, plan_columns
from subscribers.rules.imports.meanings import meaning_of
from subscribers.rules.imports.permissions import speaks_of_permission
from subscribers.rules.imports.products import product_of
from subscribers.services.imports.opening import open_source
from subscribers.services.imports.unpacking import as_text

_LEAVING, _AGREEING = {Field.OPT_OUT, Field.STATUS}, {Field.CONSENT, Field.CONFIRMED}
_EVIDENCE = {"optin_at", "optin_ip", "confirmed_at", "confirm_ip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """`mapping` is column → field or what else it holds; `consent_columns` say who agreed, or when and from where.

    `left_by_name`: the name of the file, or of one inside, says that its people left, and the import obeys it.
    `problem` says in words why the file cannot be imported.
    """

    file: str
    email_column: str | None = None
    optout_columns: Sequence[str] = ()
    consent_columns: Sequence[str] = ()
    mapping: dict[str, str] = field(default_factory=dict)
    source: str | None = None
    left_by_name: bool = False
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        facts = asdict(self)
        left_by_name, problem = facts.pop("left_by_name"), facts.pop("problem")
        facts |= {"left_by_name": True} if left_by_name else {}
        return facts | ({"error": problem} if problem else {})


def inspect_import(path: Path) -> Inspection:
    """What the import itself would do with the columns of this file. Raises nothing: a refusal is a `problem`."""
    try:
        with as_text(path) as text:
            source = open_source(text)
    except ImportRefused as refused:
        return Inspection(file=str(path), problem=str(refused))
    product = product_of(source.header)
    try:
        plan = plan_columns(source.header, source.sample, explicit={}, declared={})
    except MappingRefused as refused:
        return Inspection(file=str(path), source=product, problem=str(refused))
    header = [name for name in plan.header if name != COLUMN]
    mapping = _mapping(header, plan)
    return Inspection(
        file=str(path),
        email_column=_named(plan, {Field.EMAIL})[0],
        optout_columns=[
            name for name in _named(plan, _LEAVING) if name in header and _may_say_no(plan, name, source.sample)
        ],
        consent_columns=[name for name in header if mapping.get(name) in _AGREEING | _EVIDENCE],
        mapping=mapping,
        source=product,
        left_by_name=len(header) < len(plan.header),
    )


def _named(plan: ColumnPlan, wanted: set[Field]) -> list[str]:
    return [plan.header[index] for index, found in sorted(plan.fields.items()) if found in wanted]


def _may_say_no(plan: ColumnPlan, name: str, rows: Sequence[Sequence[str]]) -> bool:
    """A column called "status" that is filled with other words, such as gold and silver, tells nothing of leaving."""
    index = plan.header.index(name)
    if plan.fields[index] is not Field.STATUS:
        return True
    cells = [row[index] for row in rows if index < len(row) and row[index].strip()]
    return not cells or any(map(speaks_of_permission, cells))


def _mapping(header: Sequence[str], plan: ColumnPlan) -> dict[str, str]:
    fields = plan.as_json()
    found = {name: fields.get(name) or meaning_of(name) for name in header}
    return {name: meaning for name, meaning in found.items() if meaning}
