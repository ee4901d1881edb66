"""Cells that read well and that the database would not take."""

import pytest

from subscribers.rules.imports.field_values import json_of
from subscribers.rules.imports.moments import moment_of
from subscribers.rules.imports.words import CellRefused


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\udfff": 1}', "[1e400]", "-1e400", "NaN"])
def test_json_that_the_database_cannot_hold_is_refused_with_its_cell(text: str) -> None:
    with pytest.raises(CellRefused, match="no JSON"):
        json_of(text)


def test_json_that_it_can_hold_is_taken() -> None:
    assert json_of('{"a": ["\\ud83d\\ude00", 1e300, null]}') == {"a": ["😀", 1e300, None]}


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-05:00"])
def test_a_moment_outside_of_all_calendars_once_in_utc_is_no_date(text: str) -> None:
    with pytest.raises(CellRefused, match="not a date"):
        moment_of(text)


def test_a_moment_is_told_in_utc() -> None:
    assert moment_of("2026-03-31T01:00:00+02:00") == "2026-03-30T23:00:00+00:00"
