"""Permission that ends by itself: implied consent by CASL, and tracking where the law wants it asked anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, QuerySet

from subscribers.models import Contact, Subscription
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.expiry import months_before
from subscribers.types import SubscriptionState

SOON, AHEAD = timedelta(days=30), timedelta(days=60)
# Only the few whose permission ends stand in the index that this reads.
_BY_LIST = """
SELECT list.id, list.name, count(*), count(*) FILTER (WHERE subscription.consent_expires_at <= %(soon)s),
    min(subscription.consent_expires_at)
FROM subscribers_subscription subscription
JOIN subscribers_mailinglist list ON list.id = subscription.mailing_list_id
WHERE subscription.consent_expires_at > %(now)s AND subscription.consent_expires_at <= %(ahead)s
    AND subscription.state = 'subscribed'
GROUP BY list.id, list.name ORDER BY min(subscription.consent_expires_at), list.name
"""
# A kind of tracking stands on the last yes to it; whoever allows both is asked when the older of these is too old.
_OLDEST_YES = """least(max(said.occurred_at) FILTER (WHERE said.purpose = 'open_tracking'),
    max(said.occurred_at) FILTER (WHERE said.purpose = 'click_tracking'))"""
_TRACKING = f"""
SELECT contact.id, contact.email, contact.country, {_OLDEST_YES} FROM subscribers_contact contact
JOIN subscribers_consentrecord said ON said.contact_id = contact.id AND said.action = 'granted'
    AND ((said.purpose = 'open_tracking' AND contact.tracks_opens)
        OR (said.purpose = 'click_tracking' AND contact.tracks_clicks))
WHERE contact.country = %(country)s AND (contact.tracks_opens OR contact.tracks_clicks) AND contact.id > %(after)s
GROUP BY contact.id HAVING {_OLDEST_YES} <= %(before)s ORDER BY contact.id LIMIT %(most)s
"""  # noqa: S608 - nothing of a request stands in it


@dataclass(frozen=True, slots=True)
class ExpiringList:
    """How many people of a list lose their permission within 60 days, how many of them within 30, and when the first
    does."""

    id: int
    name: str
    people: int
    soon: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class TrackingDue:
    """Somebody whose yes to tracking is older than the law of their country lets it stand."""

    contact_id: int
    email: str
    country: str
    said_at: datetime


def expiring_lists(now: datetime) -> list[ExpiringList]:
    """In the order in which their first permission ends; one query over an index of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_LIST, {"now": now, "soon": now + SOON, "ahead": now + AHEAD})
        return [ExpiringList(*row) for row in cursor.fetchall()]


def expiring_people(list_id: int, now: datetime, *, most: int = 100) -> QuerySet[Subscription]:
    """Those of a list whose permission ends next, with the entry on which it stands."""
    ending = Subscription.objects.filter(
        mailing_list=list_id,
        state=SubscriptionState.SUBSCRIBED,
        consent_expires_at__gt=now,
        consent_expires_at__lte=now + AHEAD,
    )
    return ending.select_related("contact", "consent").order_by("consent_expires_at", "contact_id")[:most]


def tracking_due(now: datetime, *, after: int = 0, most: int = 100) -> list[TrackingDue]:
    """By country and then by contact; whoever answers anew, yes or no, is off the list."""
    due: list[TrackingDue] = []
    for country, months in _terms().items():
        before, left = months_before(now, months), most - len(due)
        with connection.cursor() as cursor:
            cursor.execute(_TRACKING, {"country": country, "before": before, "after": after, "most": left})
            due += [TrackingDue(*row) for row in cursor.fetchall()]
    return due


def is_tracking_due(contact: Contact, now: datetime) -> bool:
    """Whether the preference center should ask this person about tracking again."""
    months = _terms().get(contact.country.upper())
    if months is None or not (contact.tracks_opens or contact.tracks_clicks):
        return False
    purposes = [
        purpose
        for purpose, stands in (("open_tracking", contact.tracks_opens), ("click_tracking", contact.tracks_clicks))
        if stands
    ]
    said = contact.consents.filter(purpose__in=purposes, action="granted").order_by().values_list("purpose")
    before = months_before(now, months)
    return any(last <= before for _, last in said.annotate(last=Max("occurred_at")))


def _terms() -> dict[str, int]:
    rules = permission_policy().countries
    return {code: rule.tracking_months for code, rule in rules.items() if rule.tracking_months}
