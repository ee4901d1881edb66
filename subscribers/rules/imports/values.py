"""Reads the values of custom fields from single cells."""

import math
import re
from datetime import date, datetime

from subscribers.rules.imports.headers import fold
from subscribers.rules.imports.words import NO, YES, CellRefused


def number_of(text: str) -> int | float:
    """`1.234,5` and `1,234.5` alike. Raises CellRefused."""
    compact = re.sub(r"[\s'€$£]", "", text)
    if "," in compact and "." in compact:
        thousands = "," if compact.rfind(",") < compact.rfind(".") else "."
        compact = compact.replace(thousands, "")
    try:
        number = float(compact.replace(",", "."))
    except ValueError:
        raise CellRefused("This is not a number.") from None
    if not math.isfinite(number):
        raise CellRefused("This is not a number.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def date_of(text: str) -> str:
    """ISO 8601. Dots mean day first; 03/04/2026 is refused, as nobody can tell. Raises CellRefused."""
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        pass
    if found := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text):
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            pass
    raise CellRefused("This is not a date such as 2026-03-31.")


def boolean_of(text: str) -> bool:
    """Raises CellRefused."""
    folded = fold(text)
    if folded in YES:
        return True
    if folded in NO:
        return False
    raise CellRefused("This is neither yes nor no.")


def text_of(text: str) -> str:
    return text
