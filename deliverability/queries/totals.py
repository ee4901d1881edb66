"""Many mailings at a glance, in one query each, for pages that list them."""

from collections.abc import Collection

from django.db.models import F, Func, IntegerField, Sum

from deliverability.models import DeliveryBatch, MailingCount
from deliverability.types import EventKind


def mailing_totals(mailing_ids: Collection[int]) -> dict[int, dict[EventKind, int]]:
    """Events by kind; opens and clicks count every one, those of machines and second ones too."""
    rows = (
        MailingCount.objects.filter(mailing_id__in=mailing_ids).values_list("mailing_id", "kind").annotate(Sum("total"))
    )
    totals: dict[int, dict[EventKind, int]] = {key: {} for key in mailing_ids}
    for mailing_id, kind, total in rows:
        totals[mailing_id][EventKind(kind)] = int(total)
    return totals


def people_retried(mailing_ids: Collection[int]) -> dict[int, int]:
    """People whose mail was put off and is tried again. Only those: to know the size of an array, PostgreSQL must
    unpack it, and of people who wait for their first try there may be a million."""
    size = Func(F("recipient_ids"), function="cardinality", output_field=IntegerField())
    again = DeliveryBatch.objects.filter(
        mailing_id__in=mailing_ids, state__lt=DeliveryBatch.State.CLOSED, attempt__gt=1
    )
    found = dict(again.values_list("mailing_id").annotate(people=Sum(size)))
    return {key: int(found.get(key, 0)) for key in mailing_ids}


def totals_by_provider(mailing_id: int) -> dict[str, dict[EventKind, int]]:
    """Events of one mailing by mailbox provider, then by kind."""
    totals: dict[str, dict[EventKind, int]] = {}
    rows = MailingCount.objects.filter(mailing_id=mailing_id).values_list("mailbox_provider", "kind", "total")
    for provider, kind, total in rows:
        totals.setdefault(provider, {})[EventKind(kind)] = total
    return totals
