"""Turns staged people into contacts, ledger entries and subscriptions, some thousands in one transaction."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from django.db import connection, transaction

from deliverability.services.suppression_policy import hold_by_policy
from subscribers.models import ImportChunk, ImportRun
from subscribers.queries.imports.holding import staged_people_named_by_policy
from subscribers.services.imports.identifying import keep_identifiers
from subscribers.services.imports.reports import Line
from subscribers.services.imports.results import Tally
from subscribers.services.imports.verdicts import (
    Chunk,
    Statement,
    Verdicts,
    count_verdicts,
    lines_of,
    write_standings,
)

CHUNK = 10_000
# No contact has this id or a greater one.
_NOBODY = 2**63 - 1

# Locks every contact of the chunk, in the order of addresses, changed or not: two imports cannot deadlock, and
# whoever leaves meanwhile (`lock_contact`) has either left before the next statement reads, or acts after it.
# A value of the file replaces an older one; an empty cell blanks nothing.
# All parts of a statement read the table as it was when it began: `past` is what stood there before. Of the new, who
# are most, nothing was overwritten, so nothing is built.
_CONTACTS = """
WITH touched AS (
    INSERT INTO subscribers_contact AS contact (email, address_key, first_name, last_name, locale, time_zone, country,
        attributes, mailbox_provider, tracks_opens, tracks_clicks, engaged_elsewhere_at, created_at, updated_at)
    SELECT stored_as, address_key, first_name, last_name, locale, time_zone, country,
        attributes, mailbox_provider, false, false, engaged_at, now(), now()
    FROM import_person WHERE place > %(after)s AND place <= %(upto)s ORDER BY place
    ON CONFLICT (lower(email)) DO UPDATE SET
        first_name = coalesce(nullif(excluded.first_name, ''), contact.first_name),
        last_name = coalesce(nullif(excluded.last_name, ''), contact.last_name),
        locale = coalesce(nullif(excluded.locale, ''), contact.locale),
        time_zone = coalesce(nullif(excluded.time_zone, ''), contact.time_zone),
        country = coalesce(nullif(excluded.country, ''), contact.country),
        attributes = contact.attributes || excluded.attributes,
        engaged_elsewhere_at = greatest(contact.engaged_elsewhere_at, excluded.engaged_elsewhere_at),
        updated_at = now()
    WHERE contact.restricted_at IS NULL AND contact.merged_into_id IS NULL AND (
        excluded.first_name NOT IN ('', contact.first_name) OR excluded.last_name NOT IN ('', contact.last_name)
        OR excluded.locale NOT IN ('', contact.locale) OR excluded.time_zone NOT IN ('', contact.time_zone)
        OR excluded.country NOT IN ('', contact.country)
        OR contact.attributes || excluded.attributes <> contact.attributes
        OR excluded.engaged_elsewhere_at > coalesce(contact.engaged_elsewhere_at, '-infinity'))
    RETURNING id, xmax = 0 AS is_new, CASE WHEN xmax <> 0 THEN attributes END AS attributes, CASE WHEN xmax <> 0 THEN
        jsonb_build_array(first_name, last_name, locale, time_zone, country, engaged_elsewhere_at) END AS fields
), overwritten AS (
    SELECT after.id, jsonb_build_object('fields', (
            SELECT jsonb_object_agg(name, jsonb_build_array(past.fields -> place, after.fields -> place))
            FROM (VALUES (0, 'first_name'), (1, 'last_name'), (2, 'locale'), (3, 'time_zone'), (4, 'country'),
                (5, 'engaged_elsewhere_at')) field (place, name)
            WHERE past.fields -> place <> after.fields -> place
        ), 'attributes', (
            SELECT jsonb_object_agg(key, jsonb_build_array(past.attributes -> key, value))
            FROM jsonb_each(after.attributes) WHERE past.attributes -> key IS DISTINCT FROM value
        )) AS change
    FROM touched after CROSS JOIN LATERAL (
        SELECT attributes,
            jsonb_build_array(first_name, last_name, locale, time_zone, country, engaged_elsewhere_at) AS fields
        FROM subscribers_contact WHERE id = after.id
    ) past WHERE NOT after.is_new
)
SELECT coalesce(array_agg(id ORDER BY id) FILTER (WHERE is_new), '{}'), count(*) FILTER (WHERE NOT is_new),
    (SELECT jsonb_object_agg(id, change) FROM overwritten)
FROM touched
"""


class KeptOut(Protocol):
    """Takes the lines on people whom a chunk does not subscribe, before the chunk is committed."""

    def write(self, lines: Sequence[Line]) -> None: ...


def count_people() -> int:
    return int(_one("SELECT count(*) FROM import_person")[0])


def place_behind(position: str) -> int:
    """The place up to which an earlier attempt was committed; 0 for none."""
    found = _one("SELECT max(place) FROM import_person WHERE email <= %s", [position]) if position else (None,)
    return int(found[0] or 0)


def write_chunk(
    chunk: Chunk, statement: Statement, kept_out: KeptOut, run: ImportRun | None, *, moves_on: bool = True
) -> Tally:
    """Write one chunk, what undoes it, and the run's progress in one transaction; lists in `kept_out` whom it did not
    subscribe.

    Without a run all is rolled back: a rehearsal counts what would happen, chunk by chunk, and locks nobody long.
    People from outside the file's order do not move its position on. Raises ImportStopped where the list cannot be
    written; the chunk is then undone.
    """
    with transaction.atomic():
        created, updated, changed = _one(_CONTACTS, {"after": chunk.after, "upto": chunk.upto})
        keep_identifiers(chunk.after, chunk.upto)
        hold_by_policy(staged_people_named_by_policy(chunk.after, chunk.upto))
        verdicts = write_standings(chunk, statement, created[0] if created else _NOBODY)
        tally = count_verdicts(verdicts, len(created), updated)
        # Before the commit: a list that is too long can be cut to the run's position, a missing line never comes back.
        kept_out.write(lines_of(verdicts))
        if run is None:
            transaction.set_rollback(True)
        else:
            _remember(run, created, json.loads(changed or "{}"), verdicts)
            _advance(run, tally, chunk if moves_on else None)
    return tally


def _remember(run: ImportRun, created: list[int], changed: dict[str, Any], verdicts: Verdicts) -> None:
    grant = verdicts.get("grant")
    ImportChunk.objects.create(
        run=run,
        created=created,
        met=sorted(contact for found in verdicts.values() for contact in found.met or ()),
        granted=grant.granted if grant else [],
        changed=changed,
        standings=grant.standings if grant else {},
    )


def _advance(run: ImportRun, tally: Tally, chunk: Chunk | None) -> None:
    if chunk:
        (run.position,) = _one("SELECT email FROM import_person WHERE place = %s", [chunk.upto])
    written = ("created", "updated", "unchanged", "subscribed", "subscribed_before", "opted_out", "kept_out", "engaged")
    for name in written:
        setattr(run, name, getattr(run, name) + getattr(tally, name))
    run.save(update_fields=["position", *written])


def _one(sql: str, params: Any = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
