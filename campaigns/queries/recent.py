"""The last campaigns, each against what is usual here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.queries.engaged import Engaged, people_engaged
from deliverability.queries.totals import mailing_totals
from deliverability.types import EventKind

SHOWN = 5
# Usual is the middle of the ten before: one odd campaign moves nothing, and a year ago does not count.
COMPARED = 10
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Past:
    """A sent campaign. Rates are per cent: delivered of those tried, the others of those delivered."""

    id: int
    name: str
    finished_at: datetime | None
    delivered: int
    delivery_rate: float | None
    click_rate: float | None
    unsubscribe_rate: float | None


@dataclass(frozen=True, slots=True)
class Usual:
    """The medians; None where too few campaigns were sent to call anything usual."""

    delivery_rate: float | None
    click_rate: float | None
    unsubscribe_rate: float | None


def recent() -> tuple[list[Past], Usual]:
    """The last campaigns, newest first, and what the ones before them reached; three queries."""
    sent = Campaign.objects.filter(state=CampaignState.SENT, mailing__isnull=False).order_by("-finished_at", "-id")
    rows = list(sent.values_list("id", "name", "finished_at", "mailing_id")[: SHOWN + COMPARED])
    totals = mailing_totals([row[3] for row in rows if row[3] is not None]) if rows else {}
    engaged = people_engaged(list(totals))
    past = [
        _past(key, name, finished_at, totals[mailing], engaged[mailing])
        for key, name, finished_at, mailing in rows
        if mailing
    ]
    return past[:SHOWN], _usual(past[SHOWN:])


def _past(key: int, name: str, finished_at: datetime | None, counts: dict[EventKind, int], engaged: Engaged) -> Past:
    delivered = counts.get(EventKind.ACCEPTED, 0) - counts.get(EventKind.BOUNCED, 0)
    tried = counts.get(EventKind.ACCEPTED, 0) + counts.get(EventKind.FAILED, 0)
    return Past(
        id=key,
        name=name,
        finished_at=finished_at,
        delivered=delivered,
        delivery_rate=_share(delivered, tried),
        click_rate=_share(engaged.clickers, delivered),
        unsubscribe_rate=_share(engaged.leavers, delivered),
    )


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole > 0 else None


def _usual(before: list[Past]) -> Usual:
    return Usual(
        delivery_rate=_middle(before, lambda past: past.delivery_rate),
        click_rate=_middle(before, lambda past: past.click_rate),
        unsubscribe_rate=_middle(before, lambda past: past.unsubscribe_rate),
    )


def _middle(before: Iterable[Past], rate_of: Callable[[Past], float | None]) -> float | None:
    rates = [rate for rate in map(rate_of, before) if rate is not None]
    return median(rates) if len(rates) >= FEWEST else None
