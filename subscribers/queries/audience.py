"""Decides in one pass of SQL who of a mailing list may be written to, and why the others may not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind, SuppressionReason
from subscribers.types import ExclusionReason

# What a person or the team said of the person; a mailbox that bounces says nothing about their other one.
OF_THE_PERSON = (
    SuppressionReason.COMPLAINT,
    SuppressionReason.ERASURE,
    SuppressionReason.MANUAL,
    SuppressionReason.UNSUBSCRIBE,
)

# The first reason that applies, in the order of ExclusionReason; NULL means that mail is allowed.
# Takes `now` twice; needs `subscription`, `contact` and `suppressed` in the FROM clause.
WHY_NOT = """CASE
    WHEN subscription.state = 'unsubscribed' THEN 'unsubscribed'
    WHEN subscription.state <> 'subscribed' OR subscription.consent_id IS NULL THEN 'unconfirmed'
    WHEN subscription.consent_expires_at <= %s THEN 'consent_expired'
    WHEN suppressed.address_key IS NOT NULL THEN 'suppressed'
    WHEN contact.restricted_at IS NOT NULL THEN 'restricted'
    WHEN contact.paused_until > %s THEN 'paused'
END"""

# DISTINCT, because one address may be held for several reasons; a join and not IN (…), because a hash join spills
# to disk where a hashed subplan over a long suppression list would fall back to a scan per person.
_AUDIENCE = """
SELECT subscription.contact_id, contact.mailbox_provider,
    CASE WHEN contact.engaged_at > %s THEN 0 WHEN contact.engaged_at > %s THEN 1
         WHEN contact.engaged_at IS NOT NULL THEN 2 ELSE 3 END::smallint AS priority,
    {why_not} AS reason
FROM subscribers_subscription subscription
JOIN subscribers_contact contact ON contact.id = subscription.contact_id
LEFT JOIN (SELECT DISTINCT address_key FROM ({suppressed}) live) suppressed
    ON suppressed.address_key = contact.address_key
WHERE subscription.mailing_list_id = %s
"""
_SUPPRESSED = """{live} UNION ALL
SELECT kept.address_key FROM subscribers_contact merged JOIN subscribers_contact kept ON kept.id = merged.merged_into_id
WHERE merged.merged_into_id IS NOT NULL AND merged.address_key IN ({said})"""
_EXCLUDED = "SELECT contact_id FROM ({audience}) audience WHERE reason = %s AND contact_id > %s ORDER BY 1 LIMIT %s"
_COUNTS = "SELECT reason, count(*) FROM ({audience}) audience GROUP BY reason"


@dataclass(frozen=True, slots=True)
class AudienceCounts:
    """How many of a list would get mail now, and how many would not, by reason in the order of testing."""

    included: int
    excluded: dict[ExclusionReason, int]

    @property
    def left_out(self) -> int:
        return sum(self.excluded.values())

    @property
    def total(self) -> int:
        return self.included + sum(self.excluded.values())


def suppressed_sql(*, mailing_list_id: int, stream_id: int = 0) -> tuple[str, tuple[Any, ...]]:
    """A SELECT of the address keys that get no mail of this list and stream now, by the engine's own rule.

    What a person says at an address that was merged into theirs, as by a complaint about an old mail, holds for them.
    """
    live = live_suppressions(StreamKind.MARKETING, stream_id=stream_id, topic_id=mailing_list_id)
    sql, params = live.values("address_key").query.sql_with_params()
    said = live.filter(reason__in=OF_THE_PERSON).values("address_key")
    said_sql, said_params = said.query.sql_with_params()
    return _SUPPRESSED.format(live=sql, said=said_sql), (*params, *said_params)


def audience_sql(*, mailing_list_id: int, now: datetime, stream_id: int = 0) -> tuple[str, list[Any]]:
    """SQL and parameters that yield contact_id, mailbox_provider, priority, reason (NULL = in) for the whole list.

    Priority bands the most engaged first, so that mailbox providers meet them first: 0 for a click or open in the
    last 30 days, 1 in the last 90, 2 ever, 3 never.
    """
    suppressed, suppressed_params = suppressed_sql(mailing_list_id=mailing_list_id, stream_id=stream_id)
    sql = _AUDIENCE.format(why_not=WHY_NOT, suppressed=suppressed)
    recent, lately = now - timedelta(days=30), now - timedelta(days=90)
    return sql, [recent, lately, now, now, *suppressed_params, mailing_list_id]


def audience_counts(*, mailing_list_id: int, stream_id: int = 0, now: datetime | None = None) -> AudienceCounts:
    """What a freeze at this moment would count."""
    audience, params = audience_sql(mailing_list_id=mailing_list_id, stream_id=stream_id, now=now or timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(audience=audience), params)
        found: dict[str | None, int] = dict(cursor.fetchall())
    return AudienceCounts(
        included=found.get(None, 0),
        excluded={reason: found[reason.value] for reason in ExclusionReason if reason.value in found},
    )


def excluded_now(
    *, mailing_list_id: int, reason: ExclusionReason, stream_id: int = 0, after: int = 0, most: int = 50
) -> list[int]:
    """Contacts of the list whom a freeze at this moment would leave out for this reason, by id, from behind `after`."""
    audience, params = audience_sql(mailing_list_id=mailing_list_id, stream_id=stream_id, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_EXCLUDED.format(audience=audience), [*params, reason.value, after, most])
        return [row[0] for row in cursor.fetchall()]
