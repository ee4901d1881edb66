"""Reads the daily roll-up for screens: ninety rows, however large the list."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from subscribers.models import ListDay
from subscribers.queries.health.counting import Turned, people_who_turned
from subscribers.rules.health import Day, Lost, Won

SHOWN = 90


@dataclass(frozen=True, slots=True)
class Activity:
    """People by their last click or open."""

    active: int
    lately: int
    once: int
    never: int
    unseen: int

    @property
    def within_90_days(self) -> int:
        return self.active + self.lately

    @property
    def seen(self) -> int:
        """All of whom it may be known."""
        return self.within_90_days + self.once + self.never


@dataclass(frozen=True, slots=True)
class Health:
    """`days` end with today, which is not over; `active_shares` begin with the first day on which they were counted."""

    people: int
    days: list[Day]
    activity: Activity
    active_shares: list[tuple[date, float]]

    @property
    def whole_days(self) -> list[Day]:
        return self.days[:-1]


def organisation_zone() -> ZoneInfo:
    """UTC before set-up."""
    try:
        return ZoneInfo(current_organisation().time_zone)
    except OrganisationMissing:
        return ZoneInfo("UTC")


def health_of(mailing_list_id: int | None) -> Health | None:
    """None before the first count. One query."""
    rows = list(ListDay.objects.filter(mailing_list=mailing_list_id).order_by("-day")[: SHOWN + 1])[::-1]
    if not rows:
        return None
    last = rows[-1]
    return Health(
        last.people,
        [_day(row) for row in rows],
        Activity(last.active, last.active_lately, last.active_once, last.never_active, last.unseen),
        [
            (row.day, (row.active + row.active_lately) / (row.people - row.unseen))
            for row in rows
            if not row.is_reckoned and row.people > row.unseen
        ],
    )


def people_behind(*, kind: str, mailing_list_id: int, days: int, after: int, most: int) -> list[Turned]:
    """Who came or went so within the last whole `days` and today, by the ledger."""
    start = timezone.now().astimezone(organisation_zone()).date() - timedelta(days=days)
    return people_who_turned(
        kind=kind,
        mailing_list_id=mailing_list_id,
        since=datetime.combine(start, time.min, organisation_zone()),
        floor=ledger_floor(start),
        after=after,
        most=most,
    )


def ledger_floor(start: date) -> int:
    """An entry of the ledger before which nothing was recorded since that day; two days are left to long imports."""
    before = ListDay.objects.filter(mailing_list=None, day__lt=start - timedelta(days=2), is_reckoned=False)
    return before.order_by("-day").values_list("ledger_id", flat=True).first() or 0


def _day(row: ListDay) -> Day:
    return Day(
        row.day,
        row.people,
        {kind: getattr(row, kind.value) for kind in Won},
        {kind: getattr(row, kind.value) for kind in Lost},
    )
