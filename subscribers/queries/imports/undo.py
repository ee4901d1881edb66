"""What undoing an import would do, and for how long it can be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import connection
from django.db.models import ForeignObjectRel

from subscribers import conf
from subscribers.models import Contact, ContactScore, ImportChunk, ImportRun, SunsetStanding

_State = ImportRun.State
UNDOABLE = (_State.FINISHED, _State.PAUSED, _State.CANCELLED, _State.FAILED)
# Touched is whom any table knows besides this import, who was changed since, and whom another import met.
_UNTOUCHED = """
SELECT contact.id FROM subscribers_contact contact
WHERE contact.id = ANY(%(created)s) AND contact.updated_at = contact.created_at
    AND contact.engaged_at IS NULL AND contact.paused_until IS NULL
    AND NOT EXISTS (SELECT FROM subscribers_consentrecord entry
        WHERE entry.contact_id = contact.id AND NOT entry.id = ANY(%(granted)s))
    AND NOT EXISTS (SELECT FROM subscribers_subscription standing
        WHERE standing.contact_id = contact.id AND NOT coalesce(standing.consent_id = ANY(%(granted)s), false))
    AND contact.id NOT IN (SELECT unnest(met) FROM subscribers_importchunk WHERE run_id <> %(run)s){others}
"""
_KNOWN_HERE = ("subscribers_consentrecord", "subscribers_subscription")
# What is computed of everybody every night says nothing of what anybody did.
COMPUTED = (ContactScore._meta.db_table, SunsetStanding._meta.db_table)


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """Contacts: `gone` are erased, `kept` were made by the import and stay; `put_back` get back what it overwrote.

    `voided` who stay lose the permission that the import stated; `opted_out` said no in the file, which stays.
    """

    gone: int = 0
    kept: int = 0
    put_back: int = 0
    voided: int = 0
    opted_out: int = 0


def undo_until(run: ImportRun) -> datetime:
    """The end of the time in which the import can be undone."""
    return (run.finished_at or run.started_at) + timedelta(days=conf.undo_days())


def why_not_undone(run: ImportRun) -> str:
    """In words, why it cannot be undone any more, or not yet; empty where it can."""
    if run.state not in UNDOABLE:
        if run.state in (_State.UNDOING, _State.UNDONE):
            return "This import was undone already, or is being undone. Nothing was changed now."
        return "This import is still under way. Pause or cancel it first; nothing was undone."
    if not ImportChunk.objects.filter(run=run).exists():
        if run.created + run.updated + run.subscribed == 0:
            return "This import has added nothing, so there is nothing to undo."
        return (
            f"An import can be undone for {conf.undo_days()} days; what it takes has been forgotten since. Nothing was "
            "changed. People can still be unsubscribed or erased one by one."
        )
    return ""


def undo_preview(run: ImportRun) -> UndoPreview:
    """What would happen now: some seconds for a million people, transaction by transaction as the undo goes."""
    gone = kept = put_back = voided = 0
    for chunk in ImportChunk.objects.filter(run=run).order_by("id").iterator(chunk_size=10):
        going = untouched(run.pk, chunk)
        gone, kept = gone + len(going), kept + len(chunk.created) - len(going)
        put_back += len(chunk.changed)
        voided += _holding(chunk.granted, going)
    return UndoPreview(gone, kept, put_back, voided, run.opted_out)


def untouched(run_id: int, chunk: ImportChunk) -> list[int]:
    """Those whom the chunk created and nothing else has touched."""
    with connection.cursor() as cursor:
        cursor.execute(untouched_sql(), {"created": chunk.created, "granted": chunk.granted, "run": run_id})
        return [contact for (contact,) in cursor.fetchall()]


def untouched_sql() -> str:
    """Takes `created`, `granted` and `run`."""
    return _UNTOUCHED.format(
        others="".join(
            f"\n    AND NOT EXISTS (SELECT FROM {table} other WHERE other.{column} = contact.id)"
            for table, column in sorted(_tables_of_people())
        )
    )


def _tables_of_people() -> set[tuple[str, str]]:
    """Every table that points at contacts, and by which column: also one that is added tomorrow."""
    pointing = cast(list[ForeignObjectRel], Contact._meta.related_objects)
    found = {(rel.field.model._meta.db_table, str(rel.field.column)) for rel in pointing if rel.field.concrete}
    return {(table, column) for table, column in found if table not in (*_KNOWN_HERE, *COMPUTED)}


def _holding(granted: list[int], going: list[int]) -> int:
    """How many subscriptions of people who stay still hang on these entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM subscribers_subscription WHERE consent_id = ANY(%s) AND state = 'subscribed'"
            " AND NOT contact_id = ANY(%s)",
            [granted, going],
        )
        return int(cursor.fetchone()[0])
