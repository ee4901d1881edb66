"""Recognises what a column holds by its header, in the languages and products that people export from."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from subscribers.rules.imports import vocabulary

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]{2,}")
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Field(StrEnum):
    """What a cell can become. The last four say whether the row's own words allow mail."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    LOCALE = "locale"
    COUNTRY = "country"
    TIME_ZONE = "time_zone"
    # When they last bought or asked, from which implied consent counts; when they last opened or clicked elsewhere.
    BOUGHT_OR_ASKED = "bought_or_asked_at"
    ENGAGED = "engaged_at"
    RATING = "rating"
    OPT_OUT = "opt_out"
    CONSENT = "consent"
    CONFIRMED = "confirmed"
    STATUS = "status"


PAST_FIELDS = frozenset({Field.BOUGHT_OR_ASKED, Field.ENGAGED, Field.RATING})
PERMISSION_FIELDS = frozenset({Field.OPT_OUT, Field.CONSENT, Field.CONFIRMED, Field.STATUS})


def fold(header: str) -> str:
    """Lower case, without accents, every run of other characters one space: `E-Mail_Adresse ` → `e mail adresse`."""
    plain = unicodedata.normalize("NFKD", header.translate(_PLAIN))
    return re.sub(r"[\W_]+", " ", "".join(c for c in plain if not unicodedata.combining(c)).lower()).strip()


def words_of(header: str) -> str:
    """Folded, with `emailBlacklisted` taken apart too."""
    return fold(_HUMP.sub(" ", header))


def _folded(names: str) -> list[str]:
    return [fold(name) for name in names.split("|")]


def pattern_of(expression: str) -> re.Pattern[str]:
    """For folded text."""
    # NFKD takes Korean and Japanese letters apart, in headers and here alike.
    plain = unicodedata.normalize("NFKD", expression)
    return re.compile("".join(c for c in plain if not unicodedata.combining(c)))


_EMAIL_RANK = {name: rank for rank, name in reversed(list(enumerate(_folded(vocabulary.EMAIL))))}
_FIELD_OF = {
    name: field
    for field, names in (
        (Field.TIME_ZONE, vocabulary.TIME_ZONE),
        (Field.COUNTRY, vocabulary.COUNTRY),
        (Field.LOCALE, vocabulary.LOCALE),
        (Field.FULL_NAME, vocabulary.FULL_NAME),
        (Field.LAST_NAME, vocabulary.LAST_NAME),
        (Field.FIRST_NAME, vocabulary.FIRST_NAME),
    )
    for name in _folded(names)
}
_EMAIL_WORD = pattern_of(r"\b(e ?mails?|mail|e ?post|courriel|correo|e ?posta)\b")
_COMPANY = frozenset(fold(vocabulary.EMAIL_COMPANY).split())
_SPOILERS = frozenset(fold(vocabulary.EMAIL_SPOILERS).split())
_ENDS_AS_EMAIL = pattern_of(r"(e ?mail|e ?mail ?addr?ess[e]?|correo|courriel|e ?post)$")
_OPT_OUT, _ABOUT_LEAVING = pattern_of(vocabulary.OPT_OUT), pattern_of(vocabulary.ABOUT_LEAVING)
_BOUNCED_BECAUSE, _CIRCUMSTANCE = pattern_of(vocabulary.BOUNCED_BECAUSE), pattern_of(vocabulary.CIRCUMSTANCE)
_CONSENT, _CONFIRMED, _STATUS = map(pattern_of, (vocabulary.CONSENT, vocabulary.CONFIRMED, vocabulary.STATUS))
_PAST = tuple(
    (field, pattern_of(expression))
    for field, expression in (
        (Field.ENGAGED, vocabulary.ENGAGED),
        (Field.RATING, vocabulary.RATING),
        (Field.BOUGHT_OR_ASKED, vocabulary.BOUGHT_OR_ASKED),
    )
)
_OTHER_CHANNELS, _PLACES = pattern_of(vocabulary.OTHER_CHANNELS), pattern_of(vocabulary.PLACES)
_PLACE_OR_STATUS = frozenset({"state", "estado", "stato", "etat", "stan"})
_TITLE_ROWS = 15
_CANCELLED, _SALES, _QUESTION = map(pattern_of, (vocabulary.CANCELLED, vocabulary.SALES, vocabulary.QUESTION))
# Ranks behind every name of the table, whose position is a rank: e-mail in ordinary company, and in any other.
_IN_COMPANY, _SOMEHOW = 1000, 2000
# Old exports of MailerLite and others call the address by who has it.
_BY_OWNER = frozenset({"subscriber", "subscriber address", "recipient", "abonnent", "empfanger"})


def field_of(header: str) -> Field | None:
    """The field that a header names by itself; None for anything else."""
    if _email_rank(header) is not None:
        return Field.EMAIL
    folded, words = fold(header), words_of(header)
    past = next((field for field, pattern in _PAST if pattern.search(words)), None)
    return _FIELD_OF.get(folded) or _FIELD_OF.get(words) or past or _permission_of(words)


def fields_of(header: Sequence[str]) -> list[Field | None]:
    """As `field_of`, where the company of other columns decides too: "State" beside "City" is a place, "Cancelled at"
    among orders an order's end."""
    found = [field_of(name) for name in header]
    if any(_PLACES.search(words_of(name)) for name in header):
        found = [None if fold(name) in _PLACE_OR_STATUS else field for name, field in zip(header, found, strict=True)]
    if not any(_SALES.search(words_of(name)) for name in header):
        left = [Field.OPT_OUT if _CANCELLED.search(words_of(name)) else None for name in header]
        found = [field or also for field, also in zip(found, left, strict=True)]
    return found


def _permission_of(words: str) -> Field | None:
    if _OTHER_CHANNELS.search(words) and not _EMAIL_WORD.search(words):
        return None
    if _OPT_OUT.search(words) and (not _ABOUT_LEAVING.search(words) or _BOUNCED_BECAUSE.search(words)):
        return Field.OPT_OUT
    if _CIRCUMSTANCE.search(words):
        return None
    for field, pattern in ((Field.CONFIRMED, _CONFIRMED), (Field.CONSENT, _CONSENT), (Field.STATUS, _STATUS)):
        if pattern.search(words):
            return field
    return None


def _email_rank(header: str) -> int | None:
    """How plainly a header names addresses, 0 the most; None where it does not."""
    folded, words = fold(header), _QUESTION.sub("", words_of(header))
    for name in (folded, words):
        if name in _EMAIL_RANK:
            return _EMAIL_RANK[name]
    if not _EMAIL_WORD.search(words) or _OPT_OUT.search(words):
        return None
    rest = set(_EMAIL_WORD.sub(" ", words).split())
    if rest <= _COMPANY:
        return _IN_COMPANY
    return _SOMEHOW if _ENDS_AS_EMAIL.search(words) and not rest & _SPOILERS else None


def email_column(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the column of addresses: by its name, and where no name tells or several do, by what it holds."""
    ranks = {index: rank for index, name in enumerate(header) if (rank := _email_rank(name)) is not None}
    shares = {index: _share_of_addresses(rows, index) for index in range(len(header))}
    best = _fullest(shares, sorted(ranks, key=lambda index: (ranks[index], index)) or shares)
    if best is not None and shares[best] >= 0.5:
        return best
    if not ranks and (by_owner := [index for index, name in enumerate(header) if fold(name) in _BY_OWNER]):
        ranks = {by_owner[0]: 0}
    if ranks:
        # A column of that name that is filled and holds none ("E-mail: yes/no") yields to one that does.
        named = min(ranks, key=lambda index: (ranks[index], index))
        other = _fullest(shares, shares)
        filled = any(index < len(row) and row[index].strip() for row in rows for index in ranks)
        return other if filled and other is not None and shares[other] >= 0.5 else named
    return _headless(header)


def _fullest(shares: dict[int, float], among: Iterable[int]) -> int | None:
    """The first of the columns that hold nearly as many addresses as the best of them."""
    candidates = list(among)
    most = max((shares[index] for index in candidates), default=0.0)
    return next((index for index in candidates if shares[index] >= most - 0.1), None)


def header_index(rows: Sequence[Sequence[str]]) -> int:
    """The first row that names a column of addresses: reports put titles and dates above it. Else the first row."""
    for index, row in enumerate(rows[:_TITLE_ROWS]):
        if _headless(row) is not None:
            break
        if any(_email_rank(cell) is not None for cell in row):
            return index
    return 0


def has_header(first_row: Sequence[str]) -> bool:
    """A first row that holds an address is data already."""
    return _headless(first_row) is None


def _headless(first_row: Sequence[str]) -> int | None:
    return next((index for index, cell in enumerate(first_row) if looks_like_address(cell)), None)


def looks_like_address(cell: str) -> bool:
    return _ADDRESS.fullmatch(cell.strip()) is not None


def _share_of_addresses(rows: Sequence[Sequence[str]], index: int) -> float:
    cells = [row[index] for row in rows if index < len(row) and row[index].strip()]
    return sum(map(looks_like_address, cells)) / len(cells) if cells else 0.0
