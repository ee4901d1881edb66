"""The campaigns of a stretch of days, for the calendar."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from campaigns.models import Campaign
from campaigns.types import CampaignState

MOST = 500


@dataclass(frozen=True, slots=True)
class Dated:
    """A campaign on its day: `at` is when it starts or started; `time_zone` is the one that somebody chose."""

    id: int
    name: str
    state: CampaignState
    at: datetime
    time_zone: str
    list_name: str


def dated_between(start: datetime, end: datetime) -> list[Dated]:
    """What starts or started from `start` on and before `end`, by time; one query."""
    at = Coalesce(F("started_at"), F("starts_at"))
    shown = Q(state=CampaignState.SCHEDULED) | Q(started_at__isnull=False)
    found = Campaign.objects.filter(shown).annotate(at=at).filter(at__gte=start, at__lt=end).order_by("at", "id")
    rows = found.values_list("id", "name", "state", "at", "time_zone", "mailing_list__name")[:MOST]
    return [Dated(key, name, CampaignState(state), at, zone, on or "") for key, name, state, at, zone, on in rows]
