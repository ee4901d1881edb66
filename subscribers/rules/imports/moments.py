"""Reads when something happened from single cells, and how long ago a rating puts it."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from subscribers.rules.imports.headers import fold
from subscribers.rules.imports.words import NO, CellRefused

# English, German, French, Spanish and Italian, by their first letters.
_MONTH_NAMES = """
jan janv ene gen|feb fevr fev|mar mrz maer marz mars|apr avr avri abr|may mai mag magg|jun juin giu giug|jul juil lug
aug aout ago|sep sept set sett|oct okt ott otto|nov|dec dez dic dice
"""
_MONTHS = {
    name: month
    for month, names in enumerate(_MONTH_NAMES.strip().replace("\n", "|").split("|"), start=1)
    for name in names.split()
}
_NAMED = re.compile(r"(?:(?P<day>\d{1,2}) (?P<name>[a-z]+)|(?P<name2>[a-z]+) (?P<day2>\d{1,2})) (?P<year>\d{4})\b")
_PARTED = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})(?:[ ,T].*)?")
# Mailchimp's stars: 5 for who opens and clicks often, 4 often enough, 3 now and then; 2 is nobody's history yet.
_RATED = {"5": timedelta(0), "4": timedelta(days=31), "3": timedelta(days=91)}


@lru_cache(maxsize=20_000)
def moment_of(text: str) -> str:
    """ISO 8601 in UTC, which also holds where the cell names no zone; empty for "never". Raises CellRefused."""
    if fold(text) in NO:
        return ""
    found = _iso(text) or _parted(text) or _named(text)
    if found is None:
        raise CellRefused("This is not a date such as 2026-03-31.")
    try:
        return (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
    except OverflowError:
        raise CellRefused("This is not a date such as 2026-03-31.") from None


def rated_as(text: str, now: datetime) -> str:
    """About when somebody of this rating, 1 to 5, was last engaged; empty where it tells nothing."""
    ago = _RATED.get(text[:1])
    return (now - ago).isoformat() if ago is not None else ""


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r" ?(UTC|GMT|Z)$", "+00:00", text.strip(), flags=re.I))
    except ValueError:
        return None


def _parted(text: str) -> datetime | None:
    """Dots mean day first; with slashes, only a day above 12 tells which is which."""
    found = _PARTED.fullmatch(text.strip())
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    if found[2] != "." and first <= 12 and second <= 12 and first != second:
        raise CellRefused("This may be either of two dates. Write it as 2026-03-31.")
    day, month = (second, first) if found[2] != "." and second > 12 else (first, second)
    return _date(int(found[4]), month, day)


def _named(text: str) -> datetime | None:
    found = _NAMED.search(fold(text))
    if not found:
        return None
    name = found["name"] or found["name2"]
    month = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])
    return _date(int(found["year"]), month, int(found["day"] or found["day2"])) if month else None


def _date(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
