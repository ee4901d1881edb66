"""Whom an outside word speaks of: our token in it, the stream of its mailing, and where the mail went."""

import json
import re
from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from deliverability.models import Event, Mailing, ProviderNotice
from deliverability.queries.tokens import Addressed, read
from deliverability.types import EventKind, StreamKind
from deliverability.webhooks import Notice

# Tokens carry a MAC, so one is recognised wherever an ESP puts it: metadata, tags, Message-ID, Return-Path, a link.
_CANDIDATE = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{24}(?![A-Za-z0-9_-])")
# What only somebody who has the message can bring about.
_PROOFS = (
    EventKind.BOUNCED,
    EventKind.COMPLAINED,
    EventKind.OPENED,
    EventKind.CLICKED,
    EventKind.UNSUBSCRIBED,
)
_WHERE_SENT = """
SELECT DISTINCT ON (event.mailing_id, event.recipient_id)
    event.mailing_id, event.recipient_id, event.mailbox_provider
FROM unnest(%s::bigint[], %s::bigint[]) AS asked (mailing_id, recipient_id)
JOIN deliverability_event AS event ON event.mailing_id = asked.mailing_id AND event.kind = %s
    AND event.recipient_id = asked.recipient_id
"""


def told_tokens(notices: Sequence[Notice]) -> Iterator[Addressed | None]:
    """For each notice the recipient whose token stands in it; None where none of ours does."""
    return (_told(notice) for notice in notices)


def streams_of(mailing_ids: Collection[int]) -> dict[int, StreamKind]:
    """The kind of stream of each mailing that still exists."""
    found = Mailing.objects.filter(pk__in=mailing_ids).values_list("pk", "stream__kind")
    return {mailing_id: StreamKind(kind) for mailing_id, kind in found}


def where_sent(messages: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The mailbox provider that (mailing, recipient) was sent to; those not recorded as accepted yet are missing."""
    if not messages:
        return {}
    mailings, recipients = zip(*messages, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_SENT, [list(mailings), list(recipients), int(EventKind.ACCEPTED)])
        return {(mailing_id, recipient_id): place for mailing_id, recipient_id, place in cursor.fetchall()}


def heard_of(mailing_id: int, recipient_ids: Collection[int]) -> set[int]:
    """Those whose message some provider has told us of: it had the message, whatever became of its answer."""
    heard = ProviderNotice.objects.filter(mailing_id=mailing_id, recipient_id__in=recipient_ids)
    return {key for key in heard.values_list("recipient_id", flat=True) if key is not None}


def told_of(mailing_id: int, recipient_ids: Collection[int]) -> set[int]:
    """Those whose message must have left, since a provider, a bounce, a complaint or they themselves speak of it."""
    events = Event.objects.filter(mailing_id=mailing_id, recipient_id__in=recipient_ids, kind__in=_PROOFS)
    return heard_of(mailing_id, recipient_ids) | set(events.values_list("recipient_id", flat=True))


def _told(notice: Notice) -> Addressed | None:
    for text in (str(notice.metadata.get("sendwell", "")), *notice.tags, notice.message_id, _whole(notice)):
        for candidate in dict.fromkeys(_CANDIDATE.findall(text)):
            found = read(candidate)
            if found is not None:
                return found
    return None


def _whole(notice: Notice) -> str:
    return json.dumps(notice.raw, default=str)
