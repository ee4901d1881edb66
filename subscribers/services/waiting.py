"""Keeps sign-ups that nobody has confirmed yet, reminds their people, and forgets them in the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.utils import timezone

from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one
from deliverability.types import StreamKind
from subscribers.models import Contact, PendingSignUp
from subscribers.queries.consent.ledger import latest_request, waits_for_answer
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.waiting import next_reminder

COMPOSER = "double-opt-in"
_COUNT = """
INSERT INTO subscribers_formday (form_id, day, signed_up, confirmed) VALUES (%(form)s, %(day)s, %(up)s, %(yes)s)
ON CONFLICT (form_id, day) DO UPDATE SET signed_up = subscribers_formday.signed_up + excluded.signed_up,
    confirmed = subscribers_formday.confirmed + excluded.confirmed
"""


def await_answer(*, form_id: int, contact_id: int, values: Mapping[str, Any]) -> None:
    """Begin to wait for this person, in the caller's transaction. Who signs up again is reminded no more often."""
    now, hours = timezone.now(), permission_policy().reminder_hours
    row, is_new = PendingSignUp.objects.get_or_create(
        form_id=form_id,
        contact_id=contact_id,
        defaults={"requested_at": now, "remind_at": next_reminder(now, hours, reminded=0, now=now), "values": {}},
    )
    row.requested_at, row.values = now, {**row.values, **values}
    row.save(update_fields=["requested_at", "values"])
    if is_new:
        _count(form_id, now, up=1)


def end_waiting(*, form_id: int, contact: Contact) -> None:
    """The mailbox's owner said yes, in the caller's transaction: count it, and keep what they typed.

    Only what was not known before: a form that anybody can fill in changes nothing.
    """
    waiting = PendingSignUp.objects.select_for_update().filter(form_id=form_id, contact=contact).first()
    if waiting is None:
        return
    new = {key: value for key, value in waiting.values.items() if key not in contact.attributes}
    if new:
        contact.attributes = {**contact.attributes, **new}
        contact.save(update_fields=["attributes", "updated_at"])
    _count(form_id, timezone.now(), yes=1)
    waiting.delete()


def remind_unconfirmed(*, now: datetime | None = None, most: int = 500) -> int:
    """Send the reminders that are due, each of them once; returns how many went into the outbox.

    Two runs at once share the rows, and a row names its next reminder in the transaction that sends one. Nobody who
    answered, left or is suppressed is reminded; the composer asks again when the mail leaves.
    """
    now, hours = now or timezone.now(), permission_policy().reminder_hours
    try:
        stream_id = stream_of_kind(StreamKind.TRANSACTIONAL).pk
    except ObjectDoesNotExist:
        return 0
    with transaction.atomic():
        due = PendingSignUp.objects.select_for_update(skip_locked=True, of=("self",)).filter(remind_at__lte=now)
        rows = list(due.select_related("contact", "form").order_by("remind_at")[:most])
        keys = [bytes(row.contact.address_key) for row in rows]
        suppressed = suppressed_keys(StreamKind.MARKETING, keys) | suppressed_keys(StreamKind.TRANSACTIONAL, keys)
        sent = 0
        for row in rows:
            is_wanted = row.form.is_open and bytes(row.contact.address_key) not in suppressed and _still_waits(row)
            if is_wanted and row.reminded < len(hours):
                row.reminded += 1
                _enqueue(stream_id, row)
                sent += 1
            row.remind_at = (
                next_reminder(row.requested_at, hours, reminded=row.reminded, now=now) if is_wanted else None
            )
            row.save(update_fields=["reminded", "remind_at"])
        return sent


def _still_waits(row: PendingSignUp) -> bool:
    requests = latest_request(row.contact_id, row.form_id)
    return any(request.mailing_list_id and waits_for_answer(request) for request in requests)


def _enqueue(stream_id: int, row: PendingSignUp) -> None:
    # A mailing for each reminder: one that still waits in the outbox never swallows the next.
    mailing = open_mailing(stream_id=stream_id, composer=COMPOSER, reference=f"{row.form_id}/{row.reminded}")
    enqueue_one(mailing_id=mailing.pk, recipient_id=row.contact_id, mailbox_provider=row.contact.mailbox_provider)


def _count(form_id: int, now: datetime, *, up: int = 0, yes: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"form": form_id, "day": now.date(), "up": up, "yes": yes})
