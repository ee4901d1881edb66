"""Campaigns page by page: a tab at a time, found by name, without a query per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.queries.engaged import people_engaged
from deliverability.queries.totals import mailing_totals
from deliverability.types import EventKind
from templates_app.queries.lines import line_as_read

ON_A_PAGE = 25


class Tab(StrEnum):
    ALL = "all"
    DRAFTS = "drafts"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"


STATES: dict[Tab, tuple[CampaignState, ...]] = {
    Tab.ALL: tuple(CampaignState),
    Tab.DRAFTS: (CampaignState.DRAFT, CampaignState.REVIEWED),
    Tab.SCHEDULED: (CampaignState.SCHEDULED,),
    Tab.SENDING: (CampaignState.SENDING, CampaignState.PAUSED),
    Tab.SENT: (CampaignState.SENT, CampaignState.CANCELLED),
}
# What a tab is sorted by, and whether the latest comes first.
_ORDER = {
    Tab.ALL: ("created_at", True),
    Tab.DRAFTS: ("edited_at", True),
    Tab.SCHEDULED: ("starts_at", False),
    Tab.SENDING: ("started_at", True),
    Tab.SENT: ("finished_at", True),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `accepted` and `clickers` count people, and are None before anything was sent."""

    id: int
    name: str
    subject: str
    state: CampaignState
    list_name: str
    edited_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    accepted: int | None
    clickers: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """`newer` and `older` are places to go on from, empty at an end."""

    rows: list[Row]
    newer: str
    older: str


def tab_counts(words: str = "") -> dict[Tab, int]:
    """One pass over the campaigns' states."""
    found = dict(_found(words).order_by().values_list("state").annotate(Count("id")))
    return {tab: sum(found.get(state.value, 0) for state in states) for tab, states in STATES.items()}


def campaign_page(tab: Tab, *, words: str = "", after: str = "", before: str = "") -> Page:
    """From behind the place `after`, or up to the place `before`; places come from an earlier page."""
    field, is_descending = _ORDER[tab]
    found = _found(words).filter(state__in=STATES[tab])
    place = read_place(before or after)
    is_backwards = bool(before)
    goes_down = is_descending != is_backwards
    if place:
        found = found.filter(_beyond(field, *place, goes_down=goes_down))
    sign = "-" if goes_down else ""
    campaigns = list(found.order_by(f"{sign}{field}", f"{sign}id")[: ON_A_PAGE + 1])
    has_more = len(campaigns) > ON_A_PAGE
    campaigns = campaigns[:ON_A_PAGE]
    if is_backwards:
        campaigns.reverse()
    places = [f"{getattr(campaign, field).isoformat()}~{campaign.pk}" for campaign in campaigns]
    has_newer, has_older = (has_more, True) if is_backwards else (bool(place), has_more)
    return Page(_rows(campaigns), places[0] if has_newer and places else "", places[-1] if has_older and places else "")


def read_place(text: str) -> tuple[datetime, int] | None:
    """None for what no page of ours ever said."""
    moment, _, key = text.rpartition("~")
    try:
        return datetime.fromisoformat(moment), int(key)
    except ValueError:
        return None


def _found(words: str) -> QuerySet[Campaign]:
    found = Campaign.objects.select_related("mailing_list").defer("edits")
    if words.strip():
        found = found.filter(Q(name__icontains=words.strip()) | Q(subject__icontains=words.strip()))
    return found


def _beyond(field: str, moment: datetime, key: int, *, goes_down: bool) -> Q:
    side = "lt" if goes_down else "gt"
    return Q(**{f"{field}__{side}": moment}) | Q(**{field: moment, f"id__{side}": key})


def _rows(campaigns: Sequence[Campaign]) -> list[Row]:
    mailings = [campaign.mailing_id for campaign in campaigns if campaign.mailing_id]
    totals = mailing_totals(mailings) if mailings else {}
    engaged = people_engaged(mailings)
    return [
        Row(
            id=campaign.pk,
            name=campaign.name,
            subject=line_as_read(campaign.subject),
            state=CampaignState(campaign.state),
            list_name=campaign.mailing_list.name if campaign.mailing_list else "",
            edited_at=campaign.edited_at,
            starts_at=campaign.starts_at,
            started_at=campaign.started_at,
            finished_at=campaign.finished_at,
            accepted=totals[campaign.mailing_id].get(EventKind.ACCEPTED, 0) if campaign.mailing_id else None,
            clickers=engaged[campaign.mailing_id].clickers if campaign.mailing_id else None,
        )
        for campaign in campaigns
    ]
