"""A campaign's rates beside those of the campaigns before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.queries.engaged import Engaged, people_engaged
from deliverability.queries.totals import mailing_totals
from deliverability.types import EventKind

COMPARED = 10
# Fewer say nothing of what is usual.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """`people` of `whole` in per cent, None where nothing was tried yet. `before` holds the earlier campaigns' rates,
    the oldest first."""

    people: int
    whole: int
    value: float | None
    before: list[float]

    @property
    def usual(self) -> float | None:
        """The middle of the earlier ones; None where there are too few."""
        return median(self.before) if len(self.before) >= FEWEST else None

    @property
    def change(self) -> float | None:
        """Points above the middle of the earlier ones; None where there is too little to compare."""
        return None if self.value is None or self.usual is None else self.value - self.usual

    @property
    def trend(self) -> list[float]:
        return [*self.before, self.value] if self.value is not None else self.before


@dataclass(frozen=True, slots=True)
class Rates:
    """`delivered` and `bounced` of those tried, the rest of those delivered."""

    delivered: Rate
    opened: Rate
    clicked: Rate
    unsubscribed: Rate
    bounced: Rate
    complained: Rate


def compared(campaign: Campaign) -> Rates:
    """Four queries, however large the campaigns."""
    if campaign.mailing_id is None:
        raise ValueError("a campaign that has not started has no rates")
    ids = [*_before(campaign), campaign.mailing_id]
    totals, engaged = mailing_totals(ids), people_engaged(ids)
    facts = [_facts(totals[mailing_id], engaged[mailing_id]) for mailing_id in ids]
    return Rates(*(_rate([campaign_facts[name] for campaign_facts in facts]) for name in Rates.__dataclass_fields__))


def _before(campaign: Campaign) -> list[int]:
    """The mailings of the last campaigns that were sent before this one began, the oldest first."""
    sent = Campaign.objects.filter(state=CampaignState.SENT, mailing__isnull=False).exclude(pk=campaign.pk)
    if campaign.started_at:
        sent = sent.filter(started_at__lt=campaign.started_at)
    found = sent.order_by("-finished_at", "-id").values_list("mailing_id", flat=True)[:COMPARED]
    return [mailing_id for mailing_id in reversed(found) if mailing_id]


def _facts(counts: dict[EventKind, int], engaged: Engaged) -> dict[str, tuple[int, int]]:
    """Of each rate, the people and those of whom they are a part."""
    accepted, refused = counts.get(EventKind.ACCEPTED, 0), counts.get(EventKind.FAILED, 0)
    returned = counts.get(EventKind.BOUNCED, 0)
    tried, delivered = accepted + refused, accepted - returned
    return {
        "delivered": (delivered, tried),
        "opened": (engaged.openers, delivered),
        "clicked": (engaged.clickers, delivered),
        "unsubscribed": (engaged.leavers, delivered),
        "bounced": (refused + returned, tried),
        "complained": (engaged.complainers, delivered),
    }


def _rate(series: Sequence[tuple[int, int]]) -> Rate:
    *before, (people, whole) = series
    earlier = [100 * part / size for part, size in before if size > 0]
    return Rate(people, whole, 100 * people / whole if whole > 0 else None, earlier)
