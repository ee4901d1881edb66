"""Turns the cells of one row into a contact to be staged, or into the reason why not: the hot loop of an import."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from subscribers.rules.addresses import check_address
from subscribers.rules.imports.field_values import reader_of
from subscribers.rules.imports.headers import PERMISSION_FIELDS, Field
from subscribers.rules.imports.holding import HoldReason
from subscribers.rules.imports.identifiers import identifier_of, is_identifier
from subscribers.rules.imports.mapping import ColumnPlan
from subscribers.rules.imports.moments import moment_of, rated_as
from subscribers.rules.imports.people import country_of, locale_of, split_name, time_zone_of
from subscribers.rules.imports.permissions import Permission, confirmed_says, consent_says, opt_out_says, status_says
from subscribers.rules.imports.records import BrokenRow
from subscribers.rules.imports.words import CellRefused
from subscribers.rules.judgement import judge_address, risk_of

_LONGEST_NAME = 150
_SAYS = {
    Field.OPT_OUT: opt_out_says,
    Field.CONSENT: consent_says,
    Field.CONFIRMED: confirmed_says,
    Field.STATUS: status_says,
}
_PLACES: tuple[tuple[Field, Callable[[str], str]], ...] = (
    (Field.LOCALE, locale_of),
    (Field.TIME_ZONE, time_zone_of),
    (Field.COUNTRY, country_of),
)


class Person(NamedTuple):
    """A row that can be imported; empty texts are unknown values, `attributes` is a JSON object.

    `since` is when they last bought or asked, `engaged_at` when they last opened or clicked, both in ISO 8601.
    A row that is to be `held` for a reason is imported only once somebody decides so; `typed` is then its address as
    it stands in the file.
    """

    row: int
    email: str
    first_name: str
    last_name: str
    locale: str
    time_zone: str
    country: str
    attributes: str
    permission: int
    since: str = ""
    engaged_at: str = ""
    held: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A cell that was not taken as written; with `is_reject` its whole row was left out."""

    row: int
    column: str
    value: str
    reason: str
    is_reject: bool


class RowReader:
    """Reads the rows of one file by its plan; `kinds` gives the kind of every mapped custom field, `options` those
    of choices.

    Rows for which one of the reasons `held` speaks are marked so, save those that say no: a no never waits. `now` is
    what the stars of a rating count from.
    """

    def __init__(
        self,
        plan: ColumnPlan,
        kinds: Mapping[str, str],
        held: Collection[HoldReason] = (),
        now: datetime | None = None,
        options: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._held = frozenset(held)
        self._now = now or datetime.now(UTC)
        self._header = plan.header
        self._width = len(plan.header)
        email = plan.index_of(Field.EMAIL)
        assert email is not None, "plan_columns refuses files without addresses"  # noqa: S101
        self._email = email
        self._first = plan.index_of(Field.FIRST_NAME)
        self._last = plan.index_of(Field.LAST_NAME)
        self._full = plan.index_of(Field.FULL_NAME)
        self._places = [(plan.index_of(field), read) for field, read in _PLACES]
        self._says = [(index, _SAYS[field]) for index, field in plan.fields.items() if field in PERMISSION_FIELDS]
        self._custom = [
            (index, key, identifier_of if is_identifier(key) else reader_of(kinds[key], (options or {}).get(key, ())))
            for index, key in plan.custom.items()
        ]
        self._since = plan.indexes_of(Field.BOUGHT_OR_ASKED)
        self._engaged = plan.indexes_of(Field.ENGAGED)
        self._rated = plan.indexes_of(Field.RATING)
        self._has_past = bool(self._since or self._engaged or self._rated)
        self._has_places = any(index is not None for index, _ in self._places)

    def read(self, numbered_rows: Iterable[tuple[int, list[str] | BrokenRow]]) -> Iterator[Person | Remark]:
        """A Person or one rejecting Remark for each row, and Remarks on cells left out; nothing for a blank row."""
        for number, cells in numbered_rows:
            if isinstance(cells, BrokenRow):
                yield Remark(number, "", cells.text[:500], cells.reason, is_reject=True)
            elif len(cells) != self._width and (reason := self._why_misfit(cells)) is not None:
                if reason:
                    yield Remark(number, "", ",".join(cells)[:500], reason, is_reject=True)
            else:
                yield from self._read_row(number, cells)

    def _read_row(self, number: int, cells: list[str]) -> Iterator[Person | Remark]:
        typed = cells[self._email].strip(" \t\xa0\ufeff\u200b")
        verdict = check_address(typed)
        if not verdict.address:
            yield Remark(number, self._header[self._email], typed, verdict.reason, is_reject=True)
            return
        remarks: list[Remark] = []
        locale, time_zone, country = self._read_places(number, cells, remarks) if self._has_places else ("", "", "")
        first, last = self._names(cells)
        person = Person(
            number,
            verdict.address,
            first,
            last,
            locale,
            time_zone,
            country,
            self._attributes(number, cells, remarks) if self._custom else "{}",
            max(says(cells[index]) for index, says in self._says) if self._says else 0,
        )
        if "\x00" in "".join(person[1:8]) or "\\u0000" in person.attributes:
            yield Remark(number, "", typed, "The row holds a NUL character. Remove it.", is_reject=True)
            return
        if self._has_past:
            person = self._with_past(person, cells, remarks)
        if self._held and (reason := self._why_held(person)):
            person = person._replace(held=reason, typed=typed[:500])
        yield person
        yield from remarks

    def _with_past(self, person: Person, cells: list[str], remarks: list[Remark]) -> Person:
        since = self._latest(person.row, self._since, cells, remarks)
        engaged = self._latest(person.row, self._engaged, cells, remarks)
        rated = [rated_as(cells[index].strip(), self._now) for index in self._rated]
        # Nobody has done anything tomorrow.
        return person._replace(since=since, engaged_at=min(max([engaged, *rated]), self._now.isoformat()))

    def _latest(self, number: int, columns: list[int], cells: list[str], remarks: list[Remark]) -> str:
        moments = [datetime.min.replace(tzinfo=UTC)]
        for index in columns:
            try:
                if moment := moment_of(cells[index].strip()):
                    moments.append(datetime.fromisoformat(moment).astimezone(UTC))
            except CellRefused as refused:
                remarks.append(self._left_out(number, index, cells[index], refused))
        return max(moments).isoformat() if len(moments) > 1 else ""

    def _why_held(self, person: Person) -> str:
        if person.permission == Permission.DECLINED:
            return ""
        risk = risk_of(person.email)
        if risk and HoldReason(risk.value) in self._held:
            return risk.value
        is_open = person.permission == Permission.UNSTATED and HoldReason.UNSTATED in self._held
        return HoldReason.UNSTATED.value if is_open else ""

    def _names(self, cells: list[str]) -> tuple[str, str]:
        if self._full is not None:
            first, last = split_name(cells[self._full].strip())
        else:
            first = cells[self._first].strip() if self._first is not None else ""
            last = cells[self._last].strip() if self._last is not None else ""
        return first[:_LONGEST_NAME], last[:_LONGEST_NAME]

    def _read_places(self, number: int, cells: list[str], remarks: list[Remark]) -> list[str]:
        values = []
        for index, read in self._places:
            text = cells[index].strip() if index is not None else ""
            value = ""
            if text:
                try:
                    value = read(text)
                except CellRefused as refused:
                    remarks.append(self._left_out(number, index, text, refused))
            values.append(value)
        return values

    def _attributes(self, number: int, cells: list[str], remarks: list[Remark]) -> str:
        values: dict[str, object] = {}
        for index, key, read in self._custom:
            text = cells[index].strip()
            if text:
                try:
                    values[key] = read(text)
                except CellRefused as refused:
                    remarks.append(self._left_out(number, index, text, refused))
        return json.dumps(values)

    def _left_out(self, number: int, index: int | None, text: str, refused: CellRefused) -> Remark:
        column = self._header[index] if index is not None else ""
        return Remark(number, column, text[:500], f"{refused} The cell was left out.", is_reject=False)

    def _why_misfit(self, cells: list[str]) -> str | None:
        """None where the row fits after all, "" for a blank row."""
        if not any(cell.strip() for cell in cells):
            return ""
        if len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :]):
            return None
        return (
            f"The row has {len(cells)} cells where the header has {self._width}: "
            "a delimiter is missing, or a cell that holds one is not quoted."
        )


def held_remark(person: Person, column: str) -> Remark:
    """What a report says of a row that is held."""
    judged = judge_address(person.email)
    meant = f" Did you mean {judged.suggestion}?" if judged.suggestion else ""
    why = f"{judged.reason}{meant}" if judged.risk else "The row's own column leaves open whether they agreed."
    return Remark(person.row, column, person.typed, f"Held for review: {why}", is_reject=True)
