"""Whom the sunset policy would concern now, and what it has come to: counts by list, people, and one person's words."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from subscribers.models import SunsetStanding
from subscribers.queries.sunset.judging import due_sql
from subscribers.rules.sunset import Policy, Step

_COUNTS = "SELECT mailing_list_id, step, count(*) FROM ({due}) due GROUP BY 1, 2"
Counts = dict[int, dict[Step, int]]


@dataclass(frozen=True, slots=True)
class Fading:
    """Somebody who does not react, with one list."""

    contact_id: int
    email: str
    step: Step
    since: datetime
    quiet_since: datetime
    mails: int
    rests_until: datetime | None


def would_concern(policy: Policy) -> Counts:
    """A dry run: people by list and step. Judges everybody, some seconds for a million people; changes nothing."""
    due, params = due_sql(policy, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(due=due), params)
        return _by_list(cursor.fetchall())


def standing_counts() -> Counts:
    """As the last night left them, from an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mailing_list_id, step, count(*) FROM subscribers_sunsetstanding GROUP BY 1, 2")
        return _by_list(cursor.fetchall())


def people_of(*, mailing_list_id: int, step: Step, after: int = 0, most: int = 50) -> list[Fading]:
    """By contact id, from behind `after`."""
    found = SunsetStanding.objects.filter(mailing_list_id=mailing_list_id, step=step, contact_id__gt=after)
    return [
        Fading(
            each.contact_id,
            each.contact.email,
            Step(each.step),
            each.since,
            each.quiet_since,
            each.mails,
            each.rests_until,
        )
        for each in found.select_related("contact").order_by("contact_id")[:most]
    ]


def sunsets_of(contact_id: int) -> list[SunsetStanding]:
    return list(SunsetStanding.objects.filter(contact_id=contact_id).select_related("mailing_list").order_by("pk"))


def _by_list(rows: list[tuple[int, str, int]]) -> Counts:
    found: Counts = {}
    for list_id, step, people in rows:
        found.setdefault(list_id, {})[Step(step)] = people
    return found
