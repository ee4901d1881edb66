"""Loads what a composer needs of its recipients at the moment of dispatch, permission included."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from deliverability.queries.batch_members import recipients_among
from deliverability.types import SkipReason
from subscribers.queries.audience.permission import WHY_NOT, suppressed_by_list_sql
from subscribers.queries.people import ids_of
from subscribers.types import ExclusionReason, Frequency

# LATERAL with LIMIT probes an index once a person. A plain join is the planner's to choose, and right after an import,
# with stale statistics, it hashed the whole list for each batch of 500.
_RECIPIENTS = """
SELECT contact.id, contact.email, contact.first_name, contact.last_name, contact.locale, contact.country,
    contact.attributes, contact.tracks_opens, contact.tracks_clicks, contact.mailbox_provider, contact.merged_into_id,
    subscription.mailing_list_id, subscription.frequency, CASE {why_not} END
FROM subscribers_contact contact
LEFT JOIN LATERAL (SELECT id, state, consent_id, consent_expires_at, mailing_list_id, frequency
    FROM subscribers_subscription standing
    WHERE standing.contact_id = contact.id AND standing.mailing_list_id = ANY(%s) LIMIT %s) subscription ON true
LEFT JOIN LATERAL (SELECT live.address_key FROM ({suppressed}) live
    WHERE live.address_key = contact.address_key AND live.list_id = subscription.mailing_list_id LIMIT 1
) suppressed ON true
WHERE contact.id = ANY(%s)
"""
_MERGED = 10
_SKIP = {
    None: None,
    ExclusionReason.NOT_ON_LIST.value: SkipReason.NOT_SUBSCRIBED,
    ExclusionReason.UNSUBSCRIBED.value: SkipReason.NOT_SUBSCRIBED,
    ExclusionReason.UNCONFIRMED.value: SkipReason.NOT_SUBSCRIBED,
    ExclusionReason.CONSENT_EXPIRED.value: SkipReason.CONSENT_EXPIRED,
    ExclusionReason.SUPPRESSED.value: SkipReason.SUPPRESSED,
    ExclusionReason.RESTRICTED.value: SkipReason.RESTRICTED,
    ExclusionReason.PAUSED.value: SkipReason.PAUSED,
}


class Recipient(NamedTuple):
    """One contact as a mail sees it; `why_not` says why no list of the mail may write to them now, None that the list
    `list_id` may, on which they chose this `frequency`."""

    address: str
    values: dict[str, Any]
    tracks_opens: bool
    tracks_clicks: bool
    mailbox_provider: str
    why_not: SkipReason | None
    list_id: int | None = None
    frequency: str = Frequency.EVERY


def load_recipients(
    *, contact_ids: Collection[int], lists: Sequence[int], stream_id: int = 0, mailing_id: int = 0
) -> dict[int, Recipient]:
    """Those of the contacts that exist, by id, in one query; `values` is what templates know as `contact`.

    Whoever stands on several of the lists is written to under one that they want each mail of, if any, then under the
    first in the order of `lists`. Whoever was merged since is the one who stayed, with their address and their
    permission, unless `mailing_id` has that person under another id, too: nobody gets a mailing twice.
    """
    found, merged = _load(contact_ids, list(lists), stream_id)
    if not merged:
        return found
    kept, _ = _load(set(merged.values()), list(lists), stream_id)
    twice = _twice(merged, mailing_id)
    for old, new in merged.items():
        if new in kept:
            found[old] = kept[new]._replace(why_not=SkipReason.MERGED) if old in twice else kept[new]
    return found


def _load(
    contact_ids: Collection[int], lists: list[int], stream_id: int
) -> tuple[dict[int, Recipient], dict[int, int]]:
    """The recipients, and of those who were merged whom into."""
    now = timezone.now()
    suppressed, suppressed_params = suppressed_by_list_sql(lists, stream_id=stream_id)
    sql = _RECIPIENTS.format(why_not=WHY_NOT, suppressed=suppressed)
    with connection.cursor() as cursor:
        cursor.execute(sql, [now, now, lists, len(lists), *suppressed_params, list(contact_ids)])
        rows = cursor.fetchall()
    if len(lists) > 1:
        rows.sort(key=lambda row: _rank(lists, *row[-3:]), reverse=True)
    return {row[0]: _recipient(*row[1:]) for row in rows}, {row[0]: row[_MERGED] for row in rows if row[_MERGED]}


def _rank(lists: list[int], list_id: int | None, frequency: str | None, why_not: str | None) -> tuple[bool, bool, int]:
    """The best comes last, and is kept."""
    place = lists.index(list_id) if list_id is not None else len(lists)
    return why_not is not None, frequency != Frequency.EVERY, place


def _twice(merged: dict[int, int], mailing_id: int) -> set[int]:
    """Those old ids whose person the mailing has under another id that goes first: the present one, or a lower."""
    rivals = {old: [each for each in ids_of(new) if each != old] for old, new in merged.items()}
    others = sorted({each for found in rivals.values() for each in found})
    there = recipients_among(mailing_id, others) if mailing_id else set()
    return {
        old
        for old, found in rivals.items()
        if any(each in there and (each == merged[old] or each < old) for each in found)
    }


def _recipient(
    email: str,
    first_name: str,
    last_name: str,
    locale: str,
    country: str,
    attributes: str,
    tracks_opens: bool,
    tracks_clicks: bool,
    mailbox_provider: str,
    merged_into_id: int | None,
    list_id: int | None,
    frequency: str | None,
    why_not: str | None,
) -> Recipient:
    # A custom field never hides one of ours: the declared names stand last.
    values: dict[str, Any] = {} if attributes == "{}" else json.loads(attributes)
    values.update(email=email, first_name=first_name, last_name=last_name, locale=locale, country=country)
    standing = (list_id, frequency or Frequency.EVERY)
    return Recipient(email, values, tracks_opens, tracks_clicks, mailbox_provider, _SKIP[why_not], *standing)
