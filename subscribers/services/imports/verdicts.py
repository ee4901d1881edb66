"""Decides for each staged person whether this import may subscribe them, and writes what follows from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from subscribers.queries.audience.permission import suppressed_sql
from subscribers.rules.expiry import months_of
from subscribers.services.imports.reports import Line
from subscribers.services.imports.results import Tally
from subscribers.types import Basis

# One verdict for each person, then what follows from it. The first that applies:
#   decline, declined_before  the row's own columns say no (permission 2)
#   unsubscribed              this person's last word on the list, or on all marketing, was no. The subscription alone
#                             does not tell: anybody can type the address into a form, which makes it pending again
#   suppressed                bounced, complained, erased, taken out by the team or by policy
#   restricted                asked us to do nothing with their data for now
#   subscribed_before         with a permission that still holds: nothing to add
#   unstated                  the row has a column of permission and leaves it open (permission 1)
#   expired                   they bought or asked so long ago that this ground has ended
#   grant                     the statement of the import covers them
# LATERAL … LIMIT 1 holds the planner to one index look-up for each person: a merge join would read all contacts in
# front of the chunk, so that every chunk takes longer than the one before.
# Contacts that the statement before has just made have no past to look up.
_STANDINGS = """
WITH person AS MATERIALIZED (
    SELECT staged.row, staged.email, contact.id AS contact_id, contact.country, staged.engaged_at,
        contact.id >= %(first_new)s AND contact.created_at = now() AS is_new, ends.at AS expires_at,
        CASE WHEN subscription.state IS NOT NULL THEN jsonb_build_array(
            subscription.state, subscription.consent_id, subscription.consent_expires_at) END AS standing, CASE
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
        WHEN ends.at <= now() THEN 'expired'
        ELSE 'grant' END AS verdict
    FROM import_person staged
    CROSS JOIN LATERAL (SELECT coalesce(least(staged.since, now()), now())
        + make_interval(months => %(months)s::int) AS at) ends
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
        CASE verdict WHEN 'grant' THEN person.expires_at END, now()
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
    array_agg(row ORDER BY row) FILTER (WHERE verdict = ANY(%(kept_out)s)),
    array_agg(email ORDER BY row) FILTER (WHERE verdict = ANY(%(kept_out)s)),
    count(*) FILTER (WHERE engaged_at > now() - interval '90 days'),
    array_agg(contact_id) FILTER (WHERE NOT is_new),
    jsonb_object_agg(contact_id, standing) FILTER (WHERE verdict = 'grant' AND standing IS NOT NULL),
    CASE verdict WHEN 'grant' THEN (SELECT array_agg(id) FROM entry WHERE is_grant) END
FROM person GROUP BY verdict
"""
_KEPT_OUT = {
    "unsubscribed": "This person has unsubscribed. An import never brings anybody back.",
    "suppressed": "This address is suppressed: it bounced, complained, was erased, or was taken out by the team or its "
    "policy. Suppressions say which.",
    "restricted": "This person asked us to do nothing with their data for now, so nothing of the file was taken over.",
    "expired": "They bought or asked too long ago: permission that follows from it ends by itself (CASL: two years "
    "after a purchase, six months after an inquiry). The contact is kept, without mail.",
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


class Found(NamedTuple):
    """Of one verdict: how many people, the rows and addresses to report, how many were engaged elsewhere lately, and
    who was known before; of a grant, also the standings that it took the place of and its entries in the ledger."""

    people: int
    rows: list[int] | None
    emails: list[str] | None
    engaged: int
    met: list[int] | None
    standings: dict[str, Any]
    granted: list[int]


Verdicts = Mapping[str, Found]


def write_standings(chunk: Chunk, statement: Statement, first_new: int) -> Verdicts:
    """`first_new`: contacts from this id on that were made in this transaction have no past to look up."""
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
                "kept_out": list(_KEPT_OUT),
                "months": months_of(statement.basis),
            },
        )
        found = cursor.fetchall()
    return {
        verdict: Found(people, rows, emails, engaged, met, json.loads(standings or "{}"), granted or [])
        for verdict, people, rows, emails, engaged, met, standings, granted in found
    }


def count_verdicts(verdicts: Verdicts, created: int, updated: int) -> Tally:
    count = {verdict: found.people for verdict, found in verdicts.items()}
    return Tally(
        created=created,
        updated=updated,
        unchanged=sum(count.values()) - created - updated,
        subscribed=count.get("grant", 0),
        subscribed_before=count.get("subscribed_before", 0),
        opted_out=count.get("decline", 0) + count.get("declined_before", 0),
        kept_out=sum(count.get(verdict, 0) for verdict in _KEPT_OUT),
        engaged=sum(verdicts[each].engaged for each in ("grant", "subscribed_before") if each in verdicts),
    )


def lines_of(verdicts: Verdicts) -> list[Line]:
    """Whom the import did not subscribe, and why."""
    return [
        (row, "email", email, reason)
        for verdict, reason in _KEPT_OUT.items()
        if verdict in verdicts
        for row, email in zip(verdicts[verdict].rows or (), verdicts[verdict].emails or (), strict=True)
    ]
