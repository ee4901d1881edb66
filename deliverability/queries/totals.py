"""Many mailings at a glance, in one query each, for pages that list them."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Case, F, Func, IntegerField, Sum, When

from deliverability.models import DeliveryBatch, MailingCount
from deliverability.types import EventKind


class OpenWork(NamedTuple):
    """People about whom the last word is not spoken: whose mail waits for its first try, or for another one."""

    waiting: int
    retrying: int


def mailing_totals(mailing_ids: Collection[int]) -> dict[int, dict[EventKind, int]]:
    """Events by kind; opens and clicks count every one, those of machines and second ones too."""
    rows = (
        MailingCount.objects.filter(mailing_id__in=mailing_ids).values_list("mailing_id", "kind").annotate(Sum("total"))
    )
    totals: dict[int, dict[EventKind, int]] = {key: {} for key in mailing_ids}
    for mailing_id, kind, total in rows:
        totals[mailing_id][EventKind(kind)] = int(total)
    return totals


def open_work(mailing_ids: Collection[int]) -> dict[int, OpenWork]:
    size = Func(F("recipient_ids"), function="cardinality", output_field=IntegerField())
    first = Sum(Case(When(attempt=1, then=size), default=0))
    again = Sum(Case(When(attempt__gt=1, then=size), default=0))
    rows = (
        DeliveryBatch.objects.filter(mailing_id__in=mailing_ids, state__lt=DeliveryBatch.State.CLOSED)
        .values_list("mailing_id")
        .annotate(waiting=first, retrying=again)
    )
    found = {key: OpenWork(int(waiting), int(retrying)) for key, waiting, retrying in rows}
    return {key: found.get(key, OpenWork(0, 0)) for key in mailing_ids}


def totals_by_provider(mailing_id: int) -> dict[str, dict[EventKind, int]]:
    """Events of one mailing by mailbox provider, then by kind."""
    totals: dict[str, dict[EventKind, int]] = {}
    rows = MailingCount.objects.filter(mailing_id=mailing_id).values_list("mailbox_provider", "kind", "total")
    for provider, kind, total in rows:
        totals.setdefault(provider, {})[EventKind(kind)] = total
    return totals
