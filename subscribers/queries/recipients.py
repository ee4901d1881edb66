"""Loads what a composer needs of its recipients at the moment of dispatch, permission included."""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from deliverability.queries.suppressions import address_key
from deliverability.types import SkipReason
from subscribers.models import Contact
from subscribers.queries.audience import WHY_NOT, suppressed_sql
from subscribers.types import ExclusionReason

# LATERAL with LIMIT 1 probes an index once a person. A plain join is the planner's to choose, and right after an
# import, with stale statistics, it hashed the whole list for each batch of 500.
_RECIPIENTS = """
SELECT contact.id, contact.email, contact.first_name, contact.last_name, contact.locale, contact.country,
    contact.attributes, contact.tracks_opens, contact.tracks_clicks, contact.mailbox_provider,
    CASE WHEN subscription.id IS NULL THEN 'unsubscribed' ELSE {why_not} END
FROM subscribers_contact contact
LEFT JOIN LATERAL (SELECT id, state, consent_id, consent_expires_at FROM subscribers_subscription standing
    WHERE standing.contact_id = contact.id AND standing.mailing_list_id = %s LIMIT 1) subscription ON true
LEFT JOIN LATERAL (SELECT live.address_key FROM ({suppressed}) live
    WHERE live.address_key = contact.address_key LIMIT 1) suppressed ON true
WHERE contact.id = ANY(%s)
"""
_SKIP = {
    None: None,
    ExclusionReason.UNSUBSCRIBED.value: SkipReason.NOT_SUBSCRIBED,
    ExclusionReason.UNCONFIRMED.value: SkipReason.NOT_SUBSCRIBED,
    ExclusionReason.CONSENT_EXPIRED.value: SkipReason.CONSENT_EXPIRED,
    ExclusionReason.SUPPRESSED.value: SkipReason.SUPPRESSED,
    ExclusionReason.RESTRICTED.value: SkipReason.RESTRICTED,
    ExclusionReason.PAUSED.value: SkipReason.PAUSED,
}


class Recipient(NamedTuple):
    """One contact as a mail sees it; `why_not` says why this list may not write to them now, None that it may."""

    address: str
    values: dict[str, Any]
    tracks_opens: bool
    tracks_clicks: bool
    mailbox_provider: str
    why_not: SkipReason | None


def load_recipients(*, contact_ids: Collection[int], mailing_list_id: int, stream_id: int = 0) -> dict[int, Recipient]:
    """Those of the contacts that exist, by id, in one query; `values` is what templates know as `contact`."""
    now = timezone.now()
    suppressed, suppressed_params = suppressed_sql(mailing_list_id=mailing_list_id, stream_id=stream_id)
    sql = _RECIPIENTS.format(why_not=WHY_NOT, suppressed=suppressed)
    with connection.cursor() as cursor:
        cursor.execute(sql, [now, now, mailing_list_id, *suppressed_params, list(contact_ids)])
        return {row[0]: _recipient(*row[1:]) for row in cursor.fetchall()}


def contact_id_of(address: str) -> int | None:
    """The contact who is known by this address, whatever its capitals."""
    return Contact.objects.filter(address_key=address_key(address)).values_list("id", flat=True).first()


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
    why_not: str | None,
) -> Recipient:
    # A custom field never hides one of ours: the declared names stand last.
    values: dict[str, Any] = {} if attributes == "{}" else json.loads(attributes)
    values.update(email=email, first_name=first_name, last_name=last_name, locale=locale, country=country)
    return Recipient(email, values, tracks_opens, tracks_clicks, mailbox_provider, _SKIP[why_not])
