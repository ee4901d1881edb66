"""Takes a whole import back, transaction by transaction, as far as nothing that happened since stands against it."""

import json
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ImportRefused
from subscribers.models import ImportChunk, ImportRun
from subscribers.queries.imports.undo import COMPUTED, untouched_sql, why_not_undone
from subscribers.services.imports.runs import sole_import
from subscribers.services.imports.uploads import drop_file

# In the order of addresses, as imports lock them, so that the two never wait for each other in a circle.
_LOCK = """
SELECT id FROM subscribers_contact WHERE id IN (
    SELECT unnest(%s::bigint[])
    UNION SELECT contact_id FROM subscribers_subscription WHERE consent_id = ANY(%s::bigint[])
) ORDER BY lower(email) COLLATE "C" FOR NO KEY UPDATE
"""
# Nobody but the import knows them: their entries go with them, each with its trace in the ledger's erasures.
_GOING = "CREATE TEMP TABLE import_going ON COMMIT DROP AS {untouched}"
_UNCOMPUTE = "DELETE FROM {table} WHERE contact_id IN (SELECT id FROM import_going)"
_LEAVE_LISTS = "DELETE FROM subscribers_subscription WHERE contact_id IN (SELECT id FROM import_going)"
_TRACE = """
INSERT INTO subscribers_consenterasure (record_id, actor, reason, erased_at)
SELECT entry.id, %s, %s, now() FROM import_going going
JOIN subscribers_consentrecord entry ON entry.contact_id = going.id
"""
_ERASE = "DELETE FROM subscribers_consentrecord WHERE contact_id IN (SELECT id FROM import_going)"
_GO = "DELETE FROM subscribers_contact WHERE id IN (SELECT id FROM import_going)"
# Only where the import's own entry still is what allows mail: a later yes or no of the person stands. "Voided" is
# neither: it ends a permission that nobody gave. Who was waiting to confirm waits again, and is asked for it anew.
_VOID = """
WITH void AS (
    SELECT standing.id, standing.contact_id, standing.mailing_list_id, contact.country,
        %(standings)s::jsonb -> standing.contact_id::text AS before
    FROM subscribers_subscription standing JOIN subscribers_contact contact ON contact.id = standing.contact_id
    WHERE standing.consent_id = ANY(%(granted)s) AND standing.state = 'subscribed'
), said AS (
    INSERT INTO subscribers_consentrecord (contact_id, mailing_list_id, purpose, action, basis, source, actor,
        user_agent, jurisdiction, occurred_at, recorded_at)
    SELECT contact_id, mailing_list_id, 'subscription', action, '', %(source)s, %(actor)s, '', country, now(), now()
    FROM (
        SELECT *, 'voided' AS action, 1 AS turn FROM void
        UNION ALL SELECT *, 'requested', 2 FROM void WHERE before ->> 0 = 'pending'
    ) entry ORDER BY turn, contact_id
), back AS (
    UPDATE subscribers_subscription standing SET state = void.before ->> 0,
        consent_id = (void.before ->> 1)::bigint, consent_expires_at = (void.before ->> 2)::timestamptz,
        changed_at = now()
    FROM void WHERE void.id = standing.id AND void.before IS NOT NULL
), gone AS (
    DELETE FROM subscribers_subscription standing USING void WHERE void.id = standing.id AND void.before IS NULL
)
SELECT count(*) FROM void
"""
# A value that somebody has changed since stays as they left it.
_PUT_BACK = """
UPDATE subscribers_contact contact SET
    first_name = CASE WHEN was.fields -> 'first_name' ->> 1 = contact.first_name
        THEN was.fields -> 'first_name' ->> 0 ELSE contact.first_name END,
    last_name = CASE WHEN was.fields -> 'last_name' ->> 1 = contact.last_name
        THEN was.fields -> 'last_name' ->> 0 ELSE contact.last_name END,
    locale = CASE WHEN was.fields -> 'locale' ->> 1 = contact.locale
        THEN was.fields -> 'locale' ->> 0 ELSE contact.locale END,
    time_zone = CASE WHEN was.fields -> 'time_zone' ->> 1 = contact.time_zone
        THEN was.fields -> 'time_zone' ->> 0 ELSE contact.time_zone END,
    country = CASE WHEN was.fields -> 'country' ->> 1 = contact.country
        THEN was.fields -> 'country' ->> 0 ELSE contact.country END,
    engaged_elsewhere_at = CASE
        WHEN (was.fields -> 'engaged_elsewhere_at' ->> 1)::timestamptz = contact.engaged_elsewhere_at
        THEN (was.fields -> 'engaged_elsewhere_at' ->> 0)::timestamptz ELSE contact.engaged_elsewhere_at END,
    attributes = contact.attributes - coalesce((
        SELECT array_agg(key) FROM jsonb_each(was.attributes)
        WHERE contact.attributes -> key = value -> 1 AND value -> 0 = 'null'), '{}')
        || coalesce((SELECT jsonb_object_agg(key, value -> 0) FROM jsonb_each(was.attributes)
        WHERE contact.attributes -> key = value -> 1 AND value -> 0 <> 'null'), '{}'),
    updated_at = now()
FROM (
    SELECT key::bigint AS id, coalesce(nullif(value -> 'fields', 'null'), '{}') AS fields,
        coalesce(nullif(value -> 'attributes', 'null'), '{}') AS attributes
    FROM jsonb_each(%s::jsonb)
) was WHERE was.id = contact.id AND contact.restricted_at IS NULL AND contact.merged_into_id IS NULL
"""


def start_undo(*, actor: Actor, run_id: int) -> None:
    """Say that the import is to be undone; a worker does it. Raises ImportRefused, PermissionRefused."""
    require(actor, "subscribers.import")
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if reason := why_not_undone(run):
            raise ImportRefused(reason)
        run.state, run.undone_by = ImportRun.State.UNDOING, str(actor)[:200]
        run.save(update_fields=["state", "undone_by"])


def undo_import(*, run_id: int) -> None:
    """Undo what is left to undo of it, the newest first. May be killed and called again, late, or twice at once.

    Opt-outs that the file brought stay, as does mail that was sent. Raises ImportUnderWay.
    """
    run = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.UNDOING).first()
    if run is None or run.mailing_list_id is None:
        return
    with sole_import(run.mailing_list_id, run.file_sha256, 0):
        while chunk_id := ImportChunk.objects.filter(run=run).order_by("-id").values_list("id", flat=True).first():
            _undo_chunk(run.pk, chunk_id)
        ImportRun.objects.filter(pk=run_id, state=ImportRun.State.UNDOING).update(
            state=ImportRun.State.UNDONE, undone_at=timezone.now(), upload="", survey={}
        )
    drop_file(run.upload)


@transaction.atomic
def _undo_chunk(run_id: int, chunk_id: int) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    chunk = ImportChunk.objects.filter(pk=chunk_id).first()
    if chunk is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [[*chunk.created, *map(int, chunk.changed)], chunk.granted])
        counts = {
            "gone": _let_go(cursor, run, chunk),
            "voided": _void(cursor, run, chunk),
            "put_back": _put_back(cursor, chunk),
        }
    counts["kept"] = len(chunk.created) - counts["gone"]
    run.undone = {name: run.undone.get(name, 0) + count for name, count in counts.items()}
    run.save(update_fields=["undone"])
    chunk.delete()


def _let_go(cursor: CursorWrapper, run: ImportRun, chunk: ImportChunk) -> int:
    if not chunk.created:
        return 0
    params: dict[str, Any] = {"created": chunk.created, "granted": chunk.granted, "run": run.pk}
    cursor.execute(_GOING.format(untouched=untouched_sql()), params)
    cursor.execute("ANALYZE import_going")
    for table in COMPUTED:
        cursor.execute(_UNCOMPUTE.format(table=table))
    cursor.execute(_LEAVE_LISTS)
    cursor.execute(_TRACE, [run.undone_by, f"Import {run.pk} of {run.file_name} was undone"[:500]])
    cursor.execute(_ERASE)
    cursor.execute(_GO)
    gone = int(cursor.rowcount)
    cursor.execute("DROP TABLE import_going")
    return gone


def _void(cursor: CursorWrapper, run: ImportRun, chunk: ImportChunk) -> int:
    if not chunk.granted:
        return 0
    facts: dict[str, Any] = {
        "granted": chunk.granted,
        "standings": json.dumps(chunk.standings),
        "source": f"Import undone: {run.file_name}"[:500],
        "actor": run.undone_by,
    }
    cursor.execute(_VOID, facts)
    return int(cursor.fetchone()[0])


def _put_back(cursor: CursorWrapper, chunk: ImportChunk) -> int:
    if not chunk.changed:
        return 0
    cursor.execute(_PUT_BACK, [json.dumps(chunk.changed)])
    return int(cursor.rowcount)
