"""Makes events and suppressions of webhooks that wait, each event once, however often it is told."""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

import psycopg
import requests
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from deliverability.models import Webhook
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.messages import streams_of, told_tokens, where_sent
from deliverability.queries.tokens import Addressed
from deliverability.rules.notices import Judgement, judge_notice
from deliverability.services.events import append_events
from deliverability.services.soft_bounces import count_soft_bounces
from deliverability.services.suppression import suppress_many
from deliverability.types import NewEvent, NewSuppression, StreamKind
from deliverability.webhooks import Hook, Notice, Unproved, Unreadable, confirm_subscription, read

logger = logging.getLogger(__name__)

AT_ONCE = 200
# COPY raises psycopg's own, everything else Django's.
_REFUSALS = (DataError, IntegrityError, psycopg.DataError)
_REMEMBER = """
INSERT INTO deliverability_providernotice (provider_id, key, seen_at, what, mailing_id, recipient_id)
SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::timestamptz[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (provider_id, key) DO NOTHING
RETURNING provider_id, key
"""


@dataclass(slots=True)
class _Told:
    """A notice on its way to an event."""

    webhook: Webhook
    notice: Notice
    key: bytes
    whom: Addressed | None


def process_webhooks(*, limit: int = AT_ONCE) -> int:
    """Work off the oldest webhooks that wait; returns how many. Several workers may run at once.

    One that the database refuses is tried alone, marked and set aside, so that it holds up nobody else.
    """
    try:
        with transaction.atomic():
            waiting = Webhook.objects.filter(processed_at=None, refused_why="").order_by("id")
            rows = list(waiting.select_related("provider").select_for_update(skip_locked=True, of=("self",))[:limit])
            _process(rows)
            return len(rows)
    except _REFUSALS as error:
        return process_webhooks(limit=limit // 2) if limit > 1 else _set_aside(error)


def _process(rows: Sequence[Webhook]) -> None:
    unique: dict[tuple[int, bytes], _Told] = {}
    for row in rows:
        for one in _told(row):
            unique.setdefault((row.provider_id, one.key), one)
    fresh = [unique[identity] for identity in _remember(unique)]
    _record(fresh)
    now = timezone.now()
    counted = Counter(one.webhook.pk for one in fresh)
    for row in rows:
        row.processed_at, row.counted = now, row.counted + counted[row.pk]
    Webhook.objects.bulk_update(rows, ["processed_at", "counted", "told", "note"])


def _told(row: Webhook) -> list[_Told]:
    hook = Hook(row.content_type, row.headers, bytes(row.body))
    try:
        notices = read(row.provider.kind, hook)
    except Unreadable as error:
        # It could be read when it came: anymail has changed since.
        row.note = str(error)
        return []
    if row.provider.kind == "amazon_ses" and not notices:
        row.note = _confirm(hook)
    row.told = len(notices)
    pairs = zip(notices, told_tokens(notices), strict=True)
    return [_Told(row, notice, _key(notice), whom) for notice, whom in pairs]


def _confirm(hook: Hook) -> str:
    try:
        return "The subscription was confirmed." if confirm_subscription(hook) else ""
    except (Unproved, requests.RequestException) as error:
        return f"The subscription could not be confirmed: {error}"


def _key(notice: Notice) -> bytes:
    """The provider's id of the event; one message to SNS may speak of several recipients under one id."""
    if notice.key:
        content = f"{notice.key}\n{notice.what}\n{notice.recipient}"
    else:
        content = f"{notice.recipient}\n{json.dumps(notice.raw, sort_keys=True, default=str)}"
    return blake2s(content.encode(), digest_size=16).digest()


def _remember(told: Mapping[tuple[int, bytes], _Told]) -> list[tuple[int, bytes]]:
    """Those that nobody has told us before. Sorted: two workers with the same events wait, and do not lock up."""
    if not told:
        return []
    now = timezone.now()
    rows = [
        (
            provider_id,
            key,
            now,
            one.notice.what[:20],
            one.whom and one.whom.mailing_id,
            one.whom and one.whom.recipient_id,
        )
        for (provider_id, key), one in sorted(told.items(), key=lambda item: item[0])
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [list(column) for column in zip(*rows, strict=True)])
        return [(provider_id, bytes(key)) for provider_id, key in cursor.fetchall()]


def _record(fresh: Sequence[_Told]) -> None:
    streams = streams_of({one.whom.mailing_id for one in fresh if one.whom})
    judged = [(one, _judge(one, streams)) for one in fresh]
    # A token of a mailing that is gone still tells whom to suppress, but has no report to count in.
    known = [(one, verdict, one.whom) for one, verdict in judged if one.whom and one.whom.mailing_id in streams]
    places = where_sent({(whom.mailing_id, whom.recipient_id) for _, verdict, whom in known if verdict.kind})
    append_events(
        [
            NewEvent(
                occurred_at=_moment(one),
                kind=verdict.kind,
                mailing_id=whom.mailing_id,
                recipient_id=whom.recipient_id,
                mailbox_provider=places.get((whom.mailing_id, whom.recipient_id))
                or mailbox_provider_of(one.notice.recipient),
                code=verdict.code,
                detail=verdict.detail or None,
                provider_id=one.webhook.provider_id,
            )
            for one, verdict, whom in known
            if verdict.kind is not None
        ]
    )
    suppress_many(
        NewSuppression(one.notice.recipient, verdict.scope, verdict.reason, _evidence(one, verdict))
        for one, verdict in judged
        if verdict.reason is not None and "@" in one.notice.recipient
    )
    count_soft_bounces(
        bounces=[
            (one.notice.recipient, verdict.detail)
            for one, verdict in judged
            if verdict.is_soft and "@" in one.notice.recipient
        ]
    )


def _judge(one: _Told, streams: Mapping[int, StreamKind]) -> Judgement:
    notice = one.notice
    return judge_notice(
        what=notice.what,
        is_lasting=notice.is_lasting,
        reply=notice.reply,
        words=notice.description or notice.reason,
        stream=streams.get(one.whom.mailing_id) if one.whom else None,
    )


def _moment(one: _Told) -> datetime:
    """When it happened; partitions exist for our own time, so a clock that is far off counts as no clock."""
    at, received = one.notice.at, one.webhook.received_at
    return at if at is not None and abs((at - received).days) < 3 else received


def _evidence(one: _Told, verdict: Judgement) -> str:
    words = f"{verdict.code or ''} {verdict.detail}".strip() or one.notice.what
    return f"{one.webhook.provider.name}: {words}"


def _set_aside(error: Exception) -> int:
    with transaction.atomic():
        row = (
            Webhook.objects.select_for_update(skip_locked=True)
            .filter(processed_at=None, refused_why="")
            .order_by("id")
            .first()
        )
        if row is None:
            return 0
        logger.error("Webhook %s could not be recorded and was set aside: %s", row.pk, error)
        row.processed_at, row.note = timezone.now(), f"It could not be recorded: {error}"[:2000]
        row.save(update_fields=["processed_at", "note"])
    return 1
