"""Reads suppression lists as other systems export them, and our own: a CSV with an address in each row."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from deliverability.rules.addresses import ADDRESS_KEY_BYTES
from deliverability.types import NewSuppression, Scope, SuppressionReason

_COLUMNS = {
    "address": "address email e-mail emailaddress e-mailadresse recipient mail subscriber bouncedrecipients",
    "key": "key",
    "scope": "scope",
    "target": "target",
    "reason": "reason type status state suppressionreason bouncetype",
    "evidence": "evidence details detail description message error diagnostic notes",
    "added_by": "added_by",
    "since": "since created created_at createdat date timestamp lastupdatetime suppressed_at",
    "until": "until expires expires_at",
    "lifted": "lifted",
}
_COLUMN_OF = {word: column for column, words in _COLUMNS.items() for word in words.split()}
# What other systems call the same; blanks, hyphens and underscores are taken out before.
_WORDS = {
    SuppressionReason.HARD_BOUNCE: "hardbounce hardbounced bounce bounced bounces permanent cleaned invalid "
    "invalidemail inactive undeliverable blocked",
    SuppressionReason.SOFT_BOUNCE: "softbounce softbounced transient",
    SuppressionReason.COMPLAINT: "complaint complained spam spamreport spamcomplaint spamcomplained abuse "
    "abusecomplaint",
    SuppressionReason.UNSUBSCRIBE: "unsubscribe unsubscribed unsub optout optedout globalunsubscribe",
    SuppressionReason.MANUAL: "manual manualsuppression manuallysuppressed blacklist blocklist suppressed",
    SuppressionReason.ROLE_ACCOUNT: "roleaccount role",
    SuppressionReason.TRAP_DOMAIN: "trapdomain spamtrap trap",
    SuppressionReason.ERASURE: "erasure erased gdpr forgotten",
    SuppressionReason.SUNSET: "sunset unengaged disengaged",
}
_REASON_OF = {word: reason for reason, words in _WORDS.items() for word in words.split()}
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f<>,;\"]+@[^@\s\x00-\x1f\x7f<>,;\"]+\.[^@\s\x00-\x1f\x7f<>,;\".]+")
_LONGEST_ADDRESS = 320
_BIGGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that holds nobody, and why, in words."""

    row: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class _Head:
    """Where each column stands."""

    places: dict[str, int]

    def of(self, cells: Sequence[str], column: str) -> str:
        place = self.places.get(column)
        text = cells[place].strip() if place is not None and place < len(cells) else ""
        # Our export shields a spreadsheet from formulas; a cell comes back without the shield.
        return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text


def read_suppressions(lines: Iterable[str], *, otherwise: NewSuppression) -> Iterator[NewSuppression | RowRefused]:
    """One answer for each row; `otherwise` says what a row holds for the columns that it leaves open.

    A file without a head is a plain list of addresses. Rows that our export calls lifted are refused.
    """
    rows = iter(_rows(lines))
    head: _Head | None = None
    for number, cells in rows:
        if head is None:
            head = _head(cells)
            if not any("@" in cell for cell in cells):
                if "address" not in head.places and "key" not in head.places:
                    yield RowRefused(number, ",".join(cells)[:200], "No column is named address or email.")
                    return
                continue
        yield _read(head, number, cells, otherwise)


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Numbered from 1; empty ones are left out. The first line shows what separates the columns."""
    rest = iter(line.replace("\0", "") for line in lines)
    first = next(rest, "").lstrip("\ufeff")
    delimiter = max(",;\t|", key=first.count)

    def everything() -> Iterator[str]:
        yield first
        yield from rest

    for number, cells in enumerate(csv.reader(everything(), delimiter=delimiter), 1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _head(cells: Sequence[str]) -> _Head:
    if any("@" in cell for cell in cells):
        return _Head({"address": next(place for place, cell in enumerate(cells) if "@" in cell)})
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        word = cell.strip().strip('"').lower()
        column = _COLUMN_OF.get(word) or _COLUMN_OF.get(re.sub(r"[\s_\-]+", "", word))
        if column:
            places.setdefault(column, place)
    return _Head(places)


def _read(head: _Head, number: int, cells: Sequence[str], otherwise: NewSuppression) -> NewSuppression | RowRefused:
    def of(column: str) -> str:
        return head.of(cells, column)

    address, key = of("address"), _key(of("key"))
    if address and (not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS):
        return RowRefused(number, address[:200], "This is no e-mail address.")
    if not address and key is None:
        return RowRefused(number, "", "The row names no address.")
    if of("lifted"):
        return RowRefused(number, address, "It was lifted, so it holds nobody.")
    reason = _REASON_OF.get(re.sub(r"[\s_\-]+", "", of("reason").lower()), otherwise.reason)
    scope, target = _reach(of("scope"), of("target")) or (otherwise.scope, otherwise.target)
    return replace(
        otherwise,
        address=address,
        key=None if address else key,
        scope=scope,
        target=target,
        reason=reason,
        evidence=of("evidence") or otherwise.evidence,
        added_by=of("added_by") or otherwise.added_by,
        since=_moment(of("since")),
        expires_at=_moment(of("until")),
    )


def _reach(scope: str, target: str) -> tuple[Scope, int] | None:
    if scope not in set(Scope):
        return None
    if scope not in (Scope.STREAM, Scope.TOPIC):
        return Scope(scope), 0
    is_id = target.isdecimal() and 0 < int(target) <= _BIGGEST_ID
    return (Scope(scope), int(target)) if is_id else None


def _key(text: str) -> bytes | None:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == ADDRESS_KEY_BYTES else None


def _moment(text: str) -> datetime | None:
    """ISO 8601, or seconds since 1970 as SendGrid writes them; without a zone it is UTC. None for anything else."""
    try:
        found = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
