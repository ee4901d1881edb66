"""How far a campaign is at this moment: from roll-ups alone, so that it may be asked every two seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.queries.lane_states import LaneStanding, LaneState, Standing, mailing_standing
from deliverability.queries.totals import mailing_totals
from deliverability.types import EventKind

# The rate is what happened within so much of the past: long enough to be steady, short enough to be of now.
_WINDOW = 60.0
_FEWEST_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Live:
    """Counts people. `rate` is per second, None while nothing tells; `ends_at` None where nobody can say."""

    audience: int
    delivered: int
    bounced: int
    skipped: int
    retrying: int
    waiting: int
    deferrals: int
    rate: float | None
    ends_at: datetime | None
    standing: Standing | None

    @property
    def attempted(self) -> int:
        """Whose mail has been offered to a server at least once, or was held back for good."""
        return self.audience - self.waiting

    @property
    def share(self) -> float:
        return 100 * self.attempted / self.audience if self.audience else 100.0

    @property
    def troubled(self) -> list[LaneState]:
        """The mailbox providers who slow us down or have put off everything that is left for them."""
        kinds = (LaneStanding.SLOWED, LaneStanding.RETRYING)
        lanes = self.standing.lanes.values() if self.standing else ()
        return [lane for lane in lanes if lane.standing in kinds]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing may leave but when quiet hours end where people are."""
        lanes = list(self.standing.lanes.values()) if self.standing else []
        return self.next_at is not None and any(lane.standing == LaneStanding.QUIET for lane in lanes)

    @property
    def next_at(self) -> datetime | None:
        """When the next mail may leave, where nothing may now."""
        lanes = list(self.standing.lanes.values()) if self.standing else []
        waiting = (LaneStanding.RETRYING, LaneStanding.QUIET)
        times = [lane.next_at for lane in lanes if lane.standing in waiting and lane.next_at]
        return min(times) if times and len(times) == len(lanes) else None


def live(campaign: Campaign, now: datetime | None = None) -> Live:
    """Raises ValueError for a campaign that has not started."""
    if campaign.mailing_id is None:
        raise ValueError("a campaign that has not started has no progress")
    now = now or timezone.now()
    counts = mailing_totals([campaign.mailing_id])[campaign.mailing_id]
    is_under_way = campaign.state in (CampaignState.SENDING, CampaignState.PAUSED)
    standing = mailing_standing(campaign.mailing_id, now) if is_under_way else None
    accepted, bounced = counts.get(EventKind.ACCEPTED, 0), counts.get(EventKind.FAILED, 0)
    skipped, audience = counts.get(EventKind.SKIPPED, 0), campaign.audience_count or 0
    retrying = standing.retrying if standing else 0
    waiting = max(0, audience - accepted - bounced - skipped - retrying)
    rate = _rate(campaign, audience - waiting, now) if campaign.state == CampaignState.SENDING else None
    return Live(
        audience=audience,
        delivered=accepted,
        bounced=bounced,
        skipped=skipped,
        retrying=retrying,
        waiting=waiting,
        deferrals=counts.get(EventKind.DEFERRED, 0),
        rate=rate,
        ends_at=now + timedelta(seconds=waiting / rate) if rate and waiting else None,
        standing=standing,
    )


def _rate(campaign: Campaign, attempted: int, now: datetime) -> float | None:
    """From what earlier looks saw, whoever looked; from the start on where this is the first."""
    key = f"campaign-rate:{campaign.pk}"
    moment = now.timestamp()
    samples = [sample for sample in cache.get(key, []) if moment - _WINDOW <= sample[0] <= moment]
    if not samples or moment - samples[-1][0] >= 1:
        samples.append((moment, attempted))
        cache.set(key, samples, 2 * _WINDOW)
    seconds, people = moment - samples[0][0], attempted - samples[0][1]
    if seconds < _FEWEST_SECONDS and campaign.started_at:
        seconds, people = (now - campaign.started_at).total_seconds(), attempted
    return people / seconds if seconds >= 1 and people > 0 else None
