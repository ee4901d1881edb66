"""Keeps the daily roll-up of how lists fare: counted anew for the last days with each run, so that nothing drifts."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from subscribers.models import ConsentRecord, ListDay, MailingList
from subscribers.queries.health.counting import Sizes, Turns, count_sizes, count_turns
from subscribers.queries.health.days import SHOWN, ledger_floor, organisation_zone
from subscribers.rules.health import Lost, Won

# An import may still write entries of yesterday; whatever is older stands.
_AGAIN = 2
_KINDS = [*(kind.value for kind in Won), *(kind.value for kind in Lost)]
_BANDS = ("active", "active_lately", "active_once", "never_active", "unseen")


@transaction.atomic
def count_days(*, now: datetime | None = None) -> None:
    """Count today and the two days before; at first the ninety that the ledger remembers. Safe to run twice."""
    now = now or timezone.now()
    zone = organisation_zone()
    today = now.astimezone(zone).date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sendwell.list_health'))")
    newest = ListDay.objects.aggregate(day=Max("day"))["day"]
    first = today - timedelta(days=SHOWN) if newest is None else min(newest, today - timedelta(days=_AGAIN))
    turns = count_turns(since=datetime.combine(first, time.min, zone), floor=ledger_floor(first), zone=zone.key)
    sizes = count_sizes(now=now)
    known = {(list_id, day): people for list_id, day, people in _sizes_since(first)}
    newest_entry = ConsentRecord.objects.aggregate(id=Max("pk"))["id"] or 0
    rows = [
        row
        for list_id in [None, *MailingList.objects.values_list("pk", flat=True)]
        for row in _rows(list_id, first, today, turns, sizes, known, newest_entry)
    ]
    ListDay.objects.filter(day__gte=first).delete()
    ListDay.objects.bulk_create(rows, batch_size=1_000)


def _sizes_since(first: date) -> Iterator[tuple[int | None, date, ListDay]]:
    for row in ListDay.objects.filter(day__gte=first):
        yield row.mailing_list_id, row.day, row


def _rows(
    list_id: int | None,
    first: date,
    today: date,
    turns: Turns,
    sizes: Sizes,
    known: dict[tuple[int | None, date], ListDay],
    newest_entry: int,
) -> Iterator[ListDay]:
    """Newest first: the size of a day that nobody counted is the next one's, less what was won and lost since."""
    people = sum(sizes.get(list_id, {}).values())
    for back in range((today - first).days + 1):
        day = today - timedelta(days=back)
        row = known.get((list_id, day)) or ListDay(mailing_list_id=list_id, day=day, is_reckoned=True)
        row.pk = None
        for kind in _KINDS:
            setattr(row, kind, turns.get((list_id, day, kind), 0))
        if day == today:
            _measure(row, sizes.get(list_id, {}))
            row.ledger_id = newest_entry
        elif row.is_reckoned:
            row.people = max(0, people)
        yield row
        people = row.people - _net(row)


def _measure(row: ListDay, bands: dict[int, int]) -> None:
    row.is_reckoned, row.people = False, sum(bands.values())
    for priority, name in enumerate(_BANDS):
        setattr(row, name, bands.get(priority, 0))


def _net(row: ListDay) -> int:
    won: int = sum(getattr(row, kind.value) for kind in Won)
    lost: int = sum(getattr(row, kind.value) for kind in Lost)
    return won - lost
