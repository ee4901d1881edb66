"""Who has got as much mail as they want, or as the team allows: at the freeze in sets, and again at dispatch."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from deliverability.queries.mailed import Mailed, mailed_sql, mailed_to, marketing_mailings
from deliverability.types import SkipReason
from subscribers.models import FrequencyCap, Subscription
from subscribers.queries.audience.recipients import Recipient
from subscribers.rules.frequency import LONGEST, quiet_since
from subscribers.types import Audience, Cap, Frequency

_Sql = tuple[str, list[Any]]
_Planned = Callable[[Audience, datetime], _Sql | None]
# Readers of these lists who do not want each mail, and got one of the list within their own period.
_CHOOSY = """
SELECT DISTINCT choosy.contact_id, choosy.mailing_list_id AS list_id
FROM subscribers_subscription choosy
JOIN unnest(%s::bigint[], %s::bigint[]) AS topic (list_id, mailing_id) ON topic.list_id = choosy.mailing_list_id
JOIN ({mailed}) mailed ON mailed.recipient_id = choosy.contact_id AND mailed.mailing_id = topic.mailing_id
WHERE choosy.frequency <> 'every' AND choosy.mailing_list_id = ANY (%s)
    AND mailed.at > CASE choosy.frequency WHEN 'weekly' THEN %s::timestamptz ELSE %s::timestamptz END
"""
_CAPPED = """
SELECT recipient_id AS contact_id FROM (SELECT DISTINCT recipient_id, mailing_id FROM ({mails}) mails) mails
GROUP BY recipient_id HAVING count(*) >= %s
"""


def topics_since(now: datetime) -> datetime:
    """Mail of a list that is older than this is in nobody's way."""
    return now - LONGEST


def caps_of(stream_id: int) -> list[Cap]:
    """The caps that mail of this stream is under."""
    rows = FrequencyCap.objects.filter(Q(stream=None) | Q(stream_id=stream_id)).order_by("days", "id")
    return [Cap(*row) for row in rows.values_list("stream_id", "most", "days")]


def choosy_sql(audience: Audience, now: datetime) -> _Sql | None:
    """SQL that yields contact_id and list_id; None where nothing was sent under these lists lately."""
    pairs = audience.topic_mailings
    if not pairs:
        return None
    lists, mailings = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    mailed, params = mailed_sql(mailing_ids=sorted(set(mailings)), since=now - LONGEST, now=now)
    periods = [quiet_since(Frequency.WEEKLY, now), quiet_since(Frequency.MONTHLY, now)]
    return _CHOOSY.format(mailed=mailed), [lists, mailings, *params, list(audience.lists), *periods]


def capped_sql(audience: Audience, now: datetime, planned_sql: _Planned) -> _Sql | None:
    """SQL that yields the contact_id of everybody for whom a cap leaves no room; None where none can be in reach.

    Counts what servers took, what waits in the outbox, and planned mail that goes before this one.
    """
    caps = [] if audience.is_exempt else caps_of(audience.stream_id)
    found = [each for cap in caps if (each := _capped(cap, audience, now, planned_sql))]
    if not found:
        return None
    return " UNION ".join(f"({sql})" for sql, _ in found), [value for _, values in found for value in values]


def _capped(cap: Cap, audience: Audience, now: datetime, planned_sql: _Planned) -> _Sql | None:
    mailings = marketing_mailings(since=cap.since(now), stream_id=cap.stream_id)
    ahead = [
        found
        for starts_at, planned in audience.planned
        if starts_at - now <= now - cap.since(now) and cap.stream_id in (None, planned.stream_id)
        if (found := planned_sql(planned, now))
    ]
    # Whoever got every single one of so few has still room.
    if len(mailings) + len(ahead) < cap.most:
        return None
    mailed, params = mailed_sql(mailing_ids=mailings, since=cap.since(now), now=now)
    parts = [f"SELECT recipient_id, mailing_id FROM ({mailed}) mailed"]  # noqa: S608
    for number, (sql, values) in enumerate(ahead, start=1):
        parts.append(f"SELECT contact_id, -{number}::bigint FROM ({sql}) ahead")  # noqa: S608
        params += values
    return _CAPPED.format(mails=" UNION ALL ".join(parts)), [*params, cap.most]


def too_often(
    recipients: Mapping[int, Recipient],
    *,
    stream_id: int,
    mailing_id: int,
    topic_mailings: Callable[[], Collection[tuple[int, int]]],
    is_exempt: bool = False,
) -> dict[int, SkipReason]:
    """Who must not get this mail now, and why; asked at dispatch of those who may be written to. One query at most."""
    now = timezone.now()
    caps = [] if is_exempt else caps_of(stream_id)
    choosy = {key for key, each in recipients.items() if each.frequency != Frequency.EVERY}
    asked = list(recipients) if caps else sorted(choosy)
    if not asked:
        return {}
    since = min([cap.since(now) for cap in caps] + ([now - LONGEST] if choosy else []))
    mailed = mailed_to(asked, since=since, besides=mailing_id)
    topics = set(topic_mailings()) if choosy & mailed.keys() else set()
    found: dict[int, SkipReason] = {}
    for key, mails in mailed.items():
        if key in choosy and _has_enough(recipients[key], mails, topics, now):
            found[key] = SkipReason.FREQUENCY_CHOICE
        elif any(len(within(cap, mails, now)) >= cap.most for cap in caps):
            found[key] = SkipReason.FREQUENCY_CAP
    return found


def choice_of(contact_id: int, lists: Collection[int]) -> dict[int, Frequency]:
    """How often somebody wants each of these lists that they stand on."""
    found = Subscription.objects.filter(contact_id=contact_id, mailing_list_id__in=lists)
    return {key: Frequency(word) for key, word in found.values_list("mailing_list_id", "frequency")}


def within(cap: Cap, mails: Iterable[Mailed], now: datetime) -> list[Mailed]:
    """Those of somebody's mails that count towards a cap."""
    return [mail for mail in mails if mail.at > cap.since(now) and cap.stream_id in (None, mail.stream_id)]


def _has_enough(
    recipient: Recipient, mails: Iterable[Mailed], topics: Collection[tuple[int, int]], now: datetime
) -> bool:
    since = quiet_since(Frequency(recipient.frequency), now)
    return since is not None and any(
        mail.at > since and (recipient.list_id, mail.mailing_id) in topics for mail in mails
    )
