"""Turns staged people into contacts, ledger entries and subscriptions, some thousands in one transaction."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deliverability.services.suppression_policy import hold_by_policy
from subscribers.models import ImportRun
from subscribers.queries.audience import suppressed_sql
from subscribers.queries.holding import staged_people_named_by_policy
from subscribers.rules.expiry import expiry_of
from subscribers.services.imports.reports import Line, Report
from subscribers.services.imports.results import Tally
from subscribers.types import Basis

CHUNK = 10_000

# Locks every contact of the chunk, in the order of addresses, changed or not: two imports cannot deadlock, and
# whoever leaves meanwhile (`lock_contact`) has either left before the next statement reads, or acts after it.
# A value of the file replaces an older one; an empty cell blanks nothing.
_CONTACTS = """
WITH touched AS (
    INSERT INTO subscribers_contact AS contact (email, address_key, first_name, last_name, locale, time_zone, country,
        attributes, mailbox_provider, tracks_opens, tracks_clicks, created_at, updated_at)
    SELECT stored_as, address_key, first_name, last_name, locale, time_zone, country,
        attributes, mailbox_provider, false, false, now(), now()
    FROM import_person WHERE place > %(after)s AND place <= %(upto)s ORDER BY place
    ON CONFLICT (lower(email)) DO UPDATE SET
        first_name = coalesce(nullif(excluded.first_name, ''), contact.first_name),
        last_name = coalesce(nullif(excluded.last_name, ''), contact.last_name),
        locale = coalesce(nullif(excluded.locale, ''), contact.locale),
        time_zone = coalesce(nullif(excluded.time_zone, ''), contact.time_zone),
        country = coalesce(nullif(excluded.country, ''), contact.country),
        attributes = contact.attributes || excluded.attributes,
        updated_at = now()
    WHERE contact.restricted_at IS NULL AND contact.merged_into_id IS NULL AND (
        excluded.first_name NOT IN ('', contact.first_name) OR excluded.last_name NOT IN ('', contact.last_name)
        OR excluded.locale NOT IN ('', contact.locale) OR excluded.time_zone NOT IN ('', contact.time_zone)
        OR excluded.country NOT IN ('', contact.country)
        OR contact.attributes || excluded.attributes <> contact.attributes)
    RETURNING id, xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
    coalesce(min(id) FILTER (WHERE is_new), 9223372036854775807)
FROM touched
"""

# One verdict for each person, then what follows from it. The first that applies:
#   decline, declined_before  the row's own columns say no (permission 2)
#   unsubscribed              this person's last word on the list, or on all marketing, was no. The subscription alone
#                             does not tell: anybody can type the address into a form, which makes it pending again
#   suppressed                bounced, complained, erased, taken out by the team or by policy
#   restricted                asked us to do nothing with their data for now
#   subscribed_before         with a permission that still holds: nothing to add
#   unstated                  the row has a column of permission and leaves it open (permission 1)
#   grant                     the statement of the import covers them
# LATERAL … LIMIT 1 holds the planner to one index look-up for each person: a merge join would read all contacts in
# front of the chunk, so that every chunk takes longer than the one before.
# Contacts that the statement before has just made have no past to look up.
_STANDINGS = """
WITH person AS MATERIALIZED (
    SELECT staged.row, staged.email, contact.id AS contact_id, contact.country, CASE
        WHEN staged.permission = 2 AND subscription.state = 'unsubscribed' THEN 'declined_before'
        WHEN staged.permission = 2 THEN 'decline'
        WHEN subscription.state = 'unsubscribed' THEN 'unsubscribed'
        WHEN NOT (contact.id >= %(first_new)s AND contact.created_at = now()) AND EXISTS (
            SELECT FROM (
                SELECT DISTINCT ON (purpose) action FROM subscribers_consentrecord entry
                WHERE entry.contact_id = contact.id AND action IN ('granted', 'withdrawn') AND (
                    purpose = 'marketing' OR purpose = 'subscription' AND mailing_list_id = %(list)s)
                ORDER BY purpose, id DESC
            ) last_word WHERE action = 'withdrawn') THEN 'unsubscribed'
        WHEN EXISTS (SELECT FROM ({suppressed}) live WHERE live.address_key = staged.address_key) THEN 'suppressed'
        WHEN contact.restricted_at IS NOT NULL THEN 'restricted'
        WHEN subscription.state = 'subscribed' AND subscription.consent_id IS NOT NULL
            AND coalesce(subscription.consent_expires_at > now(), true) THEN 'subscribed_before'
        WHEN staged.permission = 1 THEN 'unstated'
        ELSE 'grant' END AS verdict
    FROM import_person staged
    JOIN LATERAL (SELECT id, country, created_at, restricted_at FROM subscribers_contact
        WHERE lower(email) = staged.stored_as AND merged_into_id IS NULL LIMIT 1) contact ON true
    LEFT JOIN LATERAL (SELECT state, consent_id, consent_expires_at FROM subscribers_subscription
        WHERE contact_id = contact.id AND mailing_list_id = %(list)s LIMIT 1) subscription ON true
    WHERE staged.place > %(after)s AND staged.place <= %(upto)s
), entry AS (
    INSERT INTO subscribers_consentrecord (contact_id, mailing_list_id, purpose, action, basis, source, actor,
        user_agent, jurisdiction, occurred_at, expires_at, recorded_at)
    SELECT contact_id, %(list)s, 'subscription', CASE verdict WHEN 'grant' THEN 'granted' ELSE 'withdrawn' END,
        CASE verdict WHEN 'grant' THEN %(basis)s ELSE '' END, %(source)s, %(actor)s, '', country, now(),
        CASE verdict WHEN 'grant' THEN %(expires_at)s::timestamptz END, now()
    FROM person WHERE verdict IN ('grant', 'decline')
    RETURNING id, contact_id, action = 'granted' AS is_grant, expires_at
), standing AS (
    INSERT INTO subscribers_subscription AS subscription
        (contact_id, mailing_list_id, state, consent_id, consent_expires_at, changed_at)
    SELECT contact_id, %(list)s, CASE WHEN is_grant THEN 'subscribed' ELSE 'unsubscribed' END,
        CASE WHEN is_grant THEN id END, expires_at, now()
    FROM entry
    ON CONFLICT (mailing_list_id, contact_id) DO UPDATE SET state = excluded.state, consent_id = excluded.consent_id,
        consent_expires_at = excluded.consent_expires_at, changed_at = excluded.changed_at
    WHERE subscription.state <> 'unsubscribed'
)
SELECT verdict, count(*),
    array_agg(row ORDER BY row) FILTER (WHERE verdict IN ('unsubscribed', 'suppressed', 'restricted', 'unstated')),
    array_agg(email ORDER BY row) FILTER (WHERE verdict IN ('unsubscribed', 'suppressed', 'restricted', 'unstated'))
FROM person GROUP BY verdict
"""
_KEPT_OUT = {
    "unsubscribed": "This person has unsubscribed. An import never brings anybody back.",
    "suppressed": "This address is suppressed: it bounced, complained, was erased, or was taken out by the team or its "
    "policy. Suppressions say which.",
    "restricted": "This person asked us to do nothing with their data for now, so nothing of the file was taken over.",
    "unstated": "The file's own column does not say that this person agreed. The contact is kept, without mail.",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What the ledger is told of everybody whom this import subscribes."""

    mailing_list_id: int
    basis: Basis
    source: str
    actor: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """People of the staging table by place: after < place <= upto."""

    after: int
    upto: int


def count_people() -> int:
    return int(_one("SELECT count(*) FROM import_person")[0])


def place_behind(position: str) -> int:
    """The place up to which an earlier attempt was committed; 0 for none."""
    found = _one("SELECT max(place) FROM import_person WHERE email <= %s", [position]) if position else (None,)
    return int(found[0] or 0)


def write_chunk(chunk: Chunk, statement: Statement, kept_out: Report, run: ImportRun | None) -> Tally:
    """Write one chunk and the run's progress in one transaction; lists in `kept_out` whom it did not subscribe.

    Without a run all is rolled back: a rehearsal counts what would happen, chunk by chunk, and locks nobody long.
    Raises ImportStopped where the list cannot be written; the chunk is then undone.
    """
    with transaction.atomic():
        created, updated, first_new = _one(_CONTACTS, {"after": chunk.after, "upto": chunk.upto})
        hold_by_policy(staged_people_named_by_policy(chunk.after, chunk.upto))
        verdicts = _write_standings(chunk, statement, first_new)
        tally = _count(verdicts, created, updated)
        # Before the commit: a list that is too long can be cut to the run's position, a missing line never comes back.
        kept_out.write(_lines(verdicts))
        if run is None:
            transaction.set_rollback(True)
        else:
            _advance(run, chunk, tally)
    return tally


Verdicts = dict[str, tuple[int, list[int] | None, list[str] | None]]


def _write_standings(chunk: Chunk, statement: Statement, first_new: int) -> Verdicts:
    suppressed, values = suppressed_sql(mailing_list_id=statement.mailing_list_id)
    # The engine's own rule of who is suppressed has positional parameters; one statement takes one style.
    names = [f"suppressed_{number}" for number in range(len(values))]
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDINGS.format(suppressed=suppressed % tuple(f"%({name})s" for name in names)),
            {
                **dict(zip(names, values, strict=True)),
                "after": chunk.after,
                "upto": chunk.upto,
                "first_new": first_new,
                "list": statement.mailing_list_id,
                "basis": statement.basis.value,
                "source": statement.source,
                "actor": statement.actor,
                "expires_at": expiry_of(statement.basis, timezone.now()),
            },
        )
        return {verdict: (count, rows, emails) for verdict, count, rows, emails in cursor.fetchall()}


def _count(verdicts: Verdicts, created: int, updated: int) -> Tally:
    count = {verdict: found[0] for verdict, found in verdicts.items()}
    return Tally(
        created=created,
        updated=updated,
        unchanged=sum(count.values()) - created - updated,
        subscribed=count.get("grant", 0),
        subscribed_before=count.get("subscribed_before", 0),
        opted_out=count.get("decline", 0) + count.get("declined_before", 0),
        kept_out=sum(count.get(verdict, 0) for verdict in _KEPT_OUT),
    )


def _lines(verdicts: Verdicts) -> list[Line]:
    return [
        (row, "email", email, reason)
        for verdict, reason in _KEPT_OUT.items()
        for row, email in zip(*(found or () for found in verdicts.get(verdict, (0, (), ()))[1:]), strict=True)
    ]


def _advance(run: ImportRun, chunk: Chunk, tally: Tally) -> None:
    (run.position,) = _one("SELECT email FROM import_person WHERE place = %s", [chunk.upto])
    written = ("created", "updated", "unchanged", "subscribed", "subscribed_before", "opted_out", "kept_out")
    for name in written:
        setattr(run, name, getattr(run, name) + getattr(tally, name))
    run.save(update_fields=["position", *written])


def _one(sql: str, params: Any = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
