"""After which mailing people left: from the counts that the events' own transactions keep."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Sum

from deliverability.models import MailingCount
from deliverability.types import EventKind


class Departures(NamedTuple):
    """`people` unsubscribed through this mailing's own links."""

    mailing_id: int
    composer: str
    reference: str
    people: int


def most_departures(*, since: datetime) -> Departures | None:
    """The mailing since then after which most people left; None where nobody did."""
    counts = MailingCount.objects.filter(kind=EventKind.UNSUBSCRIBED, people__gt=0, mailing__created_at__gte=since)
    found = (
        counts.values_list("mailing_id", "mailing__composer", "mailing__reference")
        .annotate(total=Sum("people"))
        .order_by("-total", "-mailing_id")
        .first()
    )
    return Departures(*found) if found else None
