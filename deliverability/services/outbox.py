"""Puts recipients into the outbox: a frozen audience as batches of ids, or one transactional mail."""

from collections.abc import Mapping

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from deliverability.errors import MailingCancelled
from deliverability.models import DeliveryBatch, Mailing
from deliverability.rules.canaries import LEAST_CANARY, LEAST_PEOPLE
from deliverability.services.planting import plant_canaries
from deliverability.types import Window

# A person who was selected twice (overlapping segments, joins) is written to once: the first CTE makes it so.
# row_number cuts each provider × priority group into arrays of at most `size` ids.
_ENQUEUE = """
WITH {once}, {sorted}, numbered AS (
    SELECT contact_id, mailbox_provider, priority, state, zone, opens_at, closes_at, (row_number() OVER (
        PARTITION BY mailbox_provider, priority, state, zone ORDER BY contact_id) - 1) / {size} AS part
    FROM sorted
)
INSERT INTO deliverability_deliverybatch (mailing_id, stream_id, mailbox_provider, priority, recipient_ids,
    attempt, failures, first_due_at, due_at, state, lease_owner, epoch, zone, opens_at, closes_at)
SELECT {mailing}, {stream}, mailbox_provider, priority, array_agg(contact_id), 1, 0,
    greatest(opens_at, {due}), greatest(opens_at, {due}), state, '', 0, zone, opens_at, closes_at
FROM numbered GROUP BY priority, part, mailbox_provider, state, zone, opens_at, closes_at
ORDER BY priority, part, mailbox_provider, state, zone
"""
_ONCE = """
once AS (
    SELECT contact_id, min(mailbox_provider) AS mailbox_provider, min(priority) AS priority, '' AS zone,
        NULL::timestamptz AS opens_at, NULL::timestamptz AS closes_at
    FROM {table} GROUP BY contact_id
)
"""
# Zones whose clocks agree share a window, so that there are few groups; the arithmetic was done once for each zone.
_ONCE_BY_ZONE = """
clocks AS (
    SELECT * FROM unnest({names}::text[], {zones}::text[], {opens}::timestamptz[], {closes}::timestamptz[])
        AS clock (name, zone, opens_at, closes_at)
), once AS (
    SELECT contact_id, mailbox_provider, priority, zone, opens_at, closes_at FROM (
        SELECT contact_id, min(mailbox_provider) AS mailbox_provider, min(priority) AS priority,
            min(time_zone) AS time_zone
        FROM {table} GROUP BY contact_id
    ) people JOIN clocks ON clocks.name = people.time_zone
)
"""
_EVERYBODY = "sorted AS (SELECT *, 0 AS state FROM once)"
# A canary is drawn by lot from all bands of engagement: the most engaged alone would flatter. Where a mailbox provider
# has too few people all of them wait; where no provider has enough, nobody does.
_CANARY = """
drawn AS (
    SELECT *, count(*) OVER (PARTITION BY mailbox_provider) AS everybody,
        row_number() OVER (PARTITION BY mailbox_provider ORDER BY hashint8(contact_id), contact_id) AS lot
    FROM once
), sorted AS (
    SELECT contact_id, mailbox_provider, priority, zone, opens_at, closes_at, CASE
        WHEN max(everybody) OVER () < {least} THEN 0
        WHEN everybody >= {least} AND lot <= greatest({smallest}, ceil(everybody * {percent} / 100.0)) THEN 0
        ELSE -1 END AS state
    FROM drawn
)
"""
_RECIPIENTS = (
    "SELECT coalesce(sum(cardinality(recipient_ids)), 0) FROM deliverability_deliverybatch WHERE mailing_id = %s"
)


def enqueue_selected(*, mailing_id: int, table: str, windows: Mapping[str, Window] | None = None) -> int:
    """Freeze an audience: one set-based statement turns a temp table into batches. Returns the number of recipients.

    `table` has columns contact_id bigint, mailbox_provider text, priority smallint (lower goes first) and lives in
    this connection. With `windows` it has time_zone text, too, and they say of each when mail may leave to its people:
    the batches wait for it. A mailing is frozen once: a second call adds nobody and returns the same number, so a
    repeated task or a double click sends nothing twice. Raises MailingCancelled.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        mailing = _lock(mailing_id)
        if not mailing.batches.exists():
            # The grouping of a million rows fits in memory; the default 4 MB would spill it to disk.
            cursor.execute("SET LOCAL work_mem = '128MB'")
            cursor.execute(_enqueue_statement(mailing, table, windows))
            if mailing.canary_percent:
                plant_canaries(mailing_id=mailing_id)
        cursor.execute(_RECIPIENTS, [mailing_id])
        return int(cursor.fetchone()[0])


def enqueue_one(*, mailing_id: int, recipient_id: int, mailbox_provider: str, priority: int = 0) -> DeliveryBatch:
    """Put one transactional mail into the outbox; call `kick_transactional` after commit so that it leaves at once.

    A mail that still waits for the same recipient is returned instead of a second one: it is composed only when it
    leaves, so both would say the same. Raises MailingCancelled.
    """
    with transaction.atomic():
        mailing = _lock(mailing_id)
        waiting = mailing.batches.filter(state=DeliveryBatch.State.OPEN, recipient_ids=[recipient_id]).first()
        if waiting:
            return waiting
        now = timezone.now()
        return DeliveryBatch.objects.create(
            mailing=mailing,
            stream_id=mailing.stream_id,
            mailbox_provider=mailbox_provider,
            priority=priority,
            recipient_ids=[recipient_id],
            first_due_at=now,
            due_at=now,
        )


def _lock(mailing_id: int) -> Mailing:
    """Serialise enqueues of one mailing with each other and with its cancellation."""
    mailing = Mailing.objects.select_for_update(no_key=True).get(pk=mailing_id)
    if mailing.state == Mailing.State.CANCELLED:
        raise MailingCancelled
    return mailing


def _enqueue_statement(mailing: Mailing, table: str, windows: Mapping[str, Window] | None) -> sql.Composed:
    canary = sql.SQL(_CANARY).format(
        least=sql.Literal(LEAST_PEOPLE),
        smallest=sql.Literal(LEAST_CANARY),
        percent=sql.Literal(mailing.canary_percent),
    )
    return sql.SQL(_ENQUEUE).format(
        sorted=canary if mailing.canary_percent else sql.SQL(_EVERYBODY),
        once=_once(table, windows),
        size=sql.Literal(DeliveryBatch.SIZE),
        mailing=sql.Literal(mailing.pk),
        stream=sql.Literal(mailing.stream_id),
        due=sql.Literal(timezone.now()),
    )


def _once(table: str, windows: Mapping[str, Window] | None) -> sql.Composed:
    if windows is None:
        return sql.SQL(_ONCE).format(table=sql.Identifier(table))
    found = list(windows.values())
    return sql.SQL(_ONCE_BY_ZONE).format(
        table=sql.Identifier(table),
        names=sql.Literal(list(windows)),
        zones=sql.Literal([window.zone for window in found]),
        opens=sql.Literal([window.opens_at for window in found]),
        closes=sql.Literal([window.closes_at for window in found]),
    )
