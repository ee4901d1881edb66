"""Brings a file's rows into the database beside the contacts, and makes one person of all rows of an address.

Nothing of the audience is touched here: a file that turns out unusable on its last line has changed nothing.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import islice

from django.db import connection
from django.db.backends.utils import CursorWrapper

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_keys
from subscribers.errors import ImportRefused
from subscribers.rules.imports.records import TooBroken
from subscribers.rules.imports.rows import Person, Remark, RowReader
from subscribers.services.imports.holding import Holding, hold_rows
from subscribers.services.imports.identifying import identify
from subscribers.services.imports.opening import SourceFile, numbered_rows
from subscribers.services.imports.reports import Report
from subscribers.services.imports.results import Tally

_BLOCK_ROWS = 5_000

# Temporary tables are written without WAL, and a killed import leaves none behind.
# COLLATE "C": the order of addresses is that of their bytes, on every server, so that a second attempt finds it again.
_CREATE = """
CREATE TEMP TABLE import_row (
    row bigint, email text COLLATE "C", first_name text, last_name text, locale text, time_zone text, country text,
    attributes jsonb, permission smallint, since timestamptz, engaged_at timestamptz, held text, typed text,
    address_key bytea, mailbox_provider text
)
"""
# An empty text is a text here, not the NULL for which CSV takes it.
_COPY = """
COPY import_row FROM STDIN (FORMAT csv, FORCE_NOT_NULL (first_name, last_name, locale, time_zone, country, typed))
"""
# The last row of an address counts, save that one "no" outweighs every other row.
# `stored_as` is the address under which the contact is kept; it differs where a form kept another spelling.
_PEOPLE = """
CREATE TEMP TABLE import_person AS
SELECT row_number() OVER () AS place, one.*, one.email COLLATE "default" AS stored_as
FROM (
    SELECT DISTINCT ON (email) row, email, first_name, last_name, locale, time_zone, country, attributes, address_key,
        mailbox_provider, max(permission) OVER (PARTITION BY email) AS permission,
        max(since) OVER (PARTITION BY email) AS since, max(engaged_at) OVER (PARTITION BY email) AS engaged_at
    FROM import_row WHERE held IS NULL ORDER BY email, row DESC
) one
"""
# Who was merged is known by the address of the one who stayed, in time for several rows of them to become one.
_MERGED = """
UPDATE import_row staged
SET email = lower(kept.email), address_key = kept.address_key, mailbox_provider = kept.mailbox_provider
FROM subscribers_contact merged JOIN subscribers_contact kept ON kept.id = merged.merged_into_id
WHERE merged.merged_into_id IS NOT NULL AND merged.address_key = staged.address_key
"""
_INDEX = "CREATE UNIQUE INDEX ON import_person (place)"
# An address with an international domain can have been kept in its other spelling: the key knows both.
_OTHER_SPELLINGS = """
UPDATE import_person person SET stored_as = lower(contact.email) FROM subscribers_contact contact
WHERE contact.address_key = person.address_key AND lower(contact.email) <> person.stored_as
    AND (person.email LIKE '%%xn--%%' OR octet_length(person.email) <> length(person.email))
"""
_DROP = "DROP TABLE IF EXISTS import_row, import_person, import_identifier"


@contextmanager
def staged_people(
    source: SourceFile,
    reader: RowReader,
    rejects: Report,
    left_out: Report,
    holding: Holding,
    go_on: Callable[[int], None],
) -> Iterator[Tally]:
    """Fill `import_person` for the length of the block; yields what the reading counted.

    `go_on` is told bytes read, and may raise to end it. Raises ImportRefused, ImportStopped.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DROP)
        cursor.execute(_CREATE)
        try:
            tally = _copy_rows(source, reader, rejects, left_out, go_on)
            cursor.execute(_MERGED)
            tally.held = hold_rows(holding)
            identify(cursor)
            tally.duplicates = tally.rows - tally.rejected - tally.held - _make_people(cursor)
            yield tally
        finally:
            if connection.connection and not connection.connection.closed and not connection.needs_rollback:
                cursor.execute(_DROP)


@contextmanager
def review_people(rows: str) -> Iterator[int]:
    """Fill `import_person` with rows that somebody decided to import after all, as CSV; yields how many people."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP)
        cursor.execute(_CREATE)
        with cursor.copy(_COPY) as copy:
            copy.write(rows)
        cursor.execute(_MERGED)
        identify(cursor)
        people = _make_people(cursor)
        yield people
        cursor.execute(_DROP)


def _make_people(cursor: CursorWrapper) -> int:
    cursor.execute(_PEOPLE)
    people = int(cursor.rowcount)
    cursor.execute(_INDEX)
    cursor.execute("ANALYZE import_person")
    cursor.execute(_OTHER_SPELLINGS)
    return people


def _copy_rows(
    source: SourceFile, reader: RowReader, rejects: Report, left_out: Report, go_on: Callable[[int], None]
) -> Tally:
    tally = Tally()
    with connection.cursor() as cursor, numbered_rows(source) as (rows, file):
        read = reader.read(rows)
        while block := _next_block(source, read):
            people = [item for item in block if isinstance(item, Person)]
            remarks = [item for item in block if isinstance(item, Remark)]
            # A COPY for each block: between two of them the server can be asked whether to go on.
            with cursor.copy(_COPY) as copy:
                copy.write(_as_csv(people))
            turned_away = [remark for remark in remarks if remark.is_reject]
            rejects.write([_line(remark) for remark in turned_away])
            left_out.write([_line(remark) for remark in remarks if not remark.is_reject])
            tally.rows += len(people) + len(turned_away)
            tally.rejected += len(turned_away)
            go_on(file.tell())
    return tally


def _next_block(source: SourceFile, read: Iterator[Person | Remark]) -> list[Person | Remark]:
    try:
        return list(islice(read, _BLOCK_ROWS))
    except TooBroken:
        raise ImportRefused(
            f"{source.path.name}: more than a thousand rows have stray quotes, so the file is not the CSV it "
            "seems to be. Nothing was imported. Export it again as CSV UTF-8, or check how it quotes its cells."
        ) from None
    except UnicodeError as error:
        raise ImportRefused(
            f"{source.path.name} is not written in {source.encoding} throughout ({error}). Nothing was imported. "
            "Say which encoding it is with --encoding, or save it as CSV UTF-8."
        ) from None


def _as_csv(people: list[Person]) -> str:
    keys = address_keys(person.email for person in people)
    text = StringIO()
    csv.writer(text).writerows(
        (*person, "\\x" + key.hex(), mailbox_provider_of(person.email))
        for person, key in zip(people, keys, strict=True)
    )
    return text.getvalue()


def _line(remark: Remark) -> tuple[int, str, str, str]:
    return remark.row, remark.column, remark.value, remark.reason
