"""What the home page says of campaigns: those under way, those that cannot start, those to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignActivity
from campaigns.types import CampaignState
from deliverability.queries.totals import mailing_totals, people_retried
from deliverability.types import EventKind

DAYS_AHEAD = 7
MOST = 20
# Starts are looked for every two seconds, so a minute late is not a matter of patience.
PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A campaign that is being sent, or was paused while it was; counts people."""

    id: int
    name: str
    is_paused: bool
    started_at: datetime | None
    audience: int
    delivered: int
    retrying: int
    failed: int
    skipped: int

    @property
    def done(self) -> int:
        return self.delivered + self.failed + self.skipped

    @property
    def waiting(self) -> int:
        return max(0, self.audience - self.done - self.retrying)

    @property
    def parts(self) -> list[tuple[str | Promise, int, str]]:
        """As the progress bar takes them: words, people, kind."""
        rare = [
            (_("Put off, retrying"), self.retrying, "deferred"),
            (_("Refused"), self.failed, "failed"),
            (_("Left out since"), self.skipped, "skipped"),
        ]
        return [
            (_("Delivered"), self.delivered, "delivered"),
            *(part for part in rare if part[1]),
            (_("Waiting"), self.waiting, "waiting"),
        ]


class Upcoming(NamedTuple):
    """`time_zone` is the one in which somebody chose the time."""

    id: int
    name: str
    starts_at: datetime
    time_zone: str
    list_name: str


class Overdue(NamedTuple):
    """A campaign that should have started, and why it did not."""

    id: int
    name: str
    why: str


def under_way() -> list[UnderWay]:
    """Three queries, however many there are."""
    campaigns = Campaign.objects.filter(state__in=(CampaignState.SENDING, CampaignState.PAUSED), mailing__isnull=False)
    rows = list(
        campaigns.order_by("-started_at").values_list(
            "id", "name", "state", "started_at", "audience_count", "mailing_id"
        )[:MOST]
    )
    mailing_ids = [row[5] for row in rows if row[5] is not None]
    totals, retried = (mailing_totals(mailing_ids), people_retried(mailing_ids)) if mailing_ids else ({}, {})
    return [
        UnderWay(
            id=key,
            name=name,
            is_paused=state == CampaignState.PAUSED,
            started_at=started_at,
            audience=audience or 0,
            delivered=totals[mailing_id].get(EventKind.ACCEPTED, 0),
            retrying=retried[mailing_id],
            failed=totals[mailing_id].get(EventKind.FAILED, 0),
            skipped=totals[mailing_id].get(EventKind.SKIPPED, 0),
        )
        for key, name, state, started_at, audience, mailing_id in rows
        if mailing_id is not None
    ]


def upcoming(now: datetime | None = None) -> list[Upcoming]:
    """Those that start within the next days, the next one first."""
    now = now or timezone.now()
    due = Campaign.objects.filter(
        state=CampaignState.SCHEDULED, starts_at__gt=now, starts_at__lte=now + timedelta(days=DAYS_AHEAD)
    )
    fields = ("id", "name", "starts_at", "time_zone", "mailing_list__name")
    return [Upcoming(*row) for row in due.order_by("starts_at").values_list(*fields)[:MOST]]


def overdue(now: datetime | None = None) -> list[Overdue]:
    """Those that were held back when they were due, and those whose start keeps failing."""
    late = (now or timezone.now()) - PATIENCE
    last = CampaignActivity.objects.filter(campaign_id=OuterRef("pk")).order_by("-id").values("text")[:1]
    held = Q(state__in=(CampaignState.DRAFT, CampaignState.REVIEWED)) & ~Q(held_because="")
    stuck = Campaign.objects.filter(held | Q(state=CampaignState.SCHEDULED, starts_at__lt=late))
    rows = stuck.annotate(why=Subquery(last)).order_by("starts_at", "id")
    found = rows.values_list("id", "name", "held_because", "why")[:MOST]
    return [Overdue(key, name, held_because or why or "") for key, name, held_because, why in found]
