"""Forgets people who left long ago: their consent need not be proved any more, and nothing else is a reason to know
them."""

from datetime import datetime

from django.db import connection

from accounts.services.permission import SENDWELL
from subscribers.errors import ContactGone
from subscribers.services.rights.erasing import forget_person

# Somebody who is on no list, whose last word was no, and of whom nothing was heard since: no statement, mail or act.
# Whoever never said no to mail is no leaver, however silent, and a no to tracking is none.
_DEPARTED = """
SELECT contact.id FROM subscribers_contact contact
WHERE contact.created_at < %(before)s AND contact.restricted_at IS NULL AND contact.merged_into_id IS NULL
    AND (SELECT said.action FROM subscribers_consentrecord said
        WHERE said.contact_id = contact.id AND said.purpose IN ('subscription', 'marketing')
        ORDER BY said.occurred_at DESC, said.id DESC LIMIT 1) = 'withdrawn'
    AND NOT EXISTS (SELECT FROM subscribers_consentrecord said
        WHERE said.contact_id = contact.id AND said.occurred_at >= %(before)s)
    AND NOT EXISTS (SELECT FROM subscribers_subscription standing
        WHERE standing.contact_id = contact.id AND standing.state <> 'unsubscribed')
    AND NOT EXISTS (SELECT FROM subscribers_mailhistory mail
        WHERE mail.contact_id = contact.id AND mail.sent_at >= %(before)s)
    AND NOT EXISTS (SELECT FROM subscribers_contactactivity activity
        WHERE activity.contact_id = contact.id AND activity.occurred_at >= %(before)s)
    AND NOT EXISTS (SELECT FROM subscribers_privacyrequest request
        WHERE request.contact_id = contact.id AND request.state = 'open')
"""
# Each is looked for in every table; the rest follows in the nights to come.
MOST_A_NIGHT = 500
_WHY = "Left, and nothing was heard since then for as long as consent is kept on record."


def departed(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_DEPARTED}) departed", {"before": before})  # noqa: S608  a constant
        return int(cursor.fetchone()[0])


def forget_departed(before: datetime) -> int:
    """Each in a transaction of their own; that they left stays as a keyed hash. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_DEPARTED} ORDER BY contact.id LIMIT %(most)s", {"before": before, "most": MOST_A_NIGHT})
        found = [key for (key,) in cursor.fetchall()]
    return sum(_forget(key) for key in found)


def _forget(contact_id: int) -> int:
    try:
        forget_person(contact_id=contact_id, actor=SENDWELL, why=_WHY)
    except ContactGone:
        return 0
    return 1
