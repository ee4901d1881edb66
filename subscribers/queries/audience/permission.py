"""The one rule of who may be written to under a list, as SQL for the freeze and for dispatch."""

from collections.abc import Sequence
from typing import Any

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind, SuppressionReason

# What a person or the team said of the person; a mailbox that bounces says nothing about their other one.
OF_THE_PERSON = (
    SuppressionReason.COMPLAINT,
    SuppressionReason.ERASURE,
    SuppressionReason.MANUAL,
    SuppressionReason.UNSUBSCRIBE,
)
_SUPPRESSED = """{live} UNION ALL
SELECT kept.address_key FROM subscribers_contact merged JOIN subscribers_contact kept ON kept.id = merged.merged_into_id
WHERE merged.merged_into_id IS NOT NULL AND merged.address_key IN ({said})"""
# The first reason that applies, in the order of ExclusionReason; nothing means that mail is allowed.
# Takes `now` twice; needs `subscription`, `contact` and `suppressed` in the FROM clause.
WHY_NOT = """
    WHEN subscription.id IS NULL THEN 'not_on_list'
    WHEN subscription.state = 'unsubscribed' THEN 'unsubscribed'
    WHEN subscription.state <> 'subscribed' OR subscription.consent_id IS NULL THEN 'unconfirmed'
    WHEN subscription.consent_expires_at <= %s THEN 'consent_expired'
    WHEN suppressed.address_key IS NOT NULL THEN 'suppressed'
    WHEN contact.restricted_at IS NOT NULL THEN 'restricted'
    WHEN contact.paused_until > %s THEN 'paused'
"""


def suppressed_sql(*, mailing_list_id: int, stream_id: int = 0) -> tuple[str, tuple[Any, ...]]:
    """A SELECT of the address keys that get no mail of this list and stream now, by the engine's own rule.

    What a person says at an address that was merged into theirs, as by a complaint about an old mail, holds for them.
    """
    live = live_suppressions(StreamKind.MARKETING, stream_id=stream_id, topic_id=mailing_list_id)
    sql, params = live.values("address_key").query.sql_with_params()
    said = live.filter(reason__in=OF_THE_PERSON).values("address_key")
    said_sql, said_params = said.query.sql_with_params()
    return _SUPPRESSED.format(live=sql, said=said_sql), (*params, *said_params)


def suppressed_by_list_sql(lists: Sequence[int], *, stream_id: int = 0) -> tuple[str, list[Any]]:
    """The same for several lists: list_id and address_key. An address that is held for two reasons comes twice."""
    found = [suppressed_sql(mailing_list_id=each, stream_id=stream_id) for each in lists]
    parts = [f"SELECT %s::bigint AS list_id, address_key FROM ({sql}) live" for sql, _ in found]  # noqa: S608
    params = [value for each, (_, values) in zip(lists, found, strict=True) for value in (each, *values)]
    return " UNION ALL ".join(parts), params
