"""Whom a campaign is meant for, and what else is sent or planned that bears on it."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.types import CampaignState
from subscribers.queries.audience.frequency import topics_since
from subscribers.types import Audience


def audience_of(campaign: Campaign) -> Audience | None:
    """As the freeze, the counts and the plans take it; None while no list is chosen."""
    if campaign.mailing_list_id is None:
        return None
    lists = lists_of(campaign)
    return Audience(
        lists=lists,
        segments=tuple(campaign.segments),
        without_lists=tuple(campaign.without_lists),
        without_segments=tuple(campaign.without_segments),
        stream_id=campaign.stream_id,
        topic_mailings=topic_mailings(lists, besides=campaign.mailing_id),
        is_exempt=bool(campaign.exempt_because),
        planned=() if campaign.exempt_because else _planned_before(campaign),
    )


def lists_of(campaign: Campaign) -> tuple[int, ...]:
    """The topic first. Empty while none is chosen."""
    first = [campaign.mailing_list_id] if campaign.mailing_list_id else []
    return tuple(dict.fromkeys([*first, *campaign.more_lists]))


def topic_mailings(lists: tuple[int, ...], *, besides: int | None = None) -> tuple[tuple[int, int], ...]:
    """Pairs of a list and a mailing that was sent under it within the longest period that a reader may choose."""
    since = topics_since(timezone.now())
    sent = Campaign.objects.filter(Q(mailing_list_id__in=lists) | Q(more_lists__overlap=list(lists)))
    sent = sent.filter(Q(finished_at=None) | Q(finished_at__gt=since), mailing__isnull=False)
    found = sent.order_by("id").values_list("mailing_list_id", "more_lists", "mailing_id")
    return tuple(
        (each, mailing_id)
        for first, more, mailing_id in found
        for each in dict.fromkeys([first, *more])
        if each in lists and mailing_id is not None and mailing_id != besides
    )


def _planned_before(campaign: Campaign) -> tuple[tuple[datetime, Audience], ...]:
    """Scheduled campaigns of a higher priority, which keep their room where a cap has none for both."""
    planned = Campaign.objects.filter(state=CampaignState.SCHEDULED, priority__gt=campaign.priority, exempt_because="")
    found = planned.exclude(pk=campaign.pk).order_by("starts_at", "id").defer("edits")
    return tuple((each.starts_at, _without_caps(each)) for each in found if each.starts_at and each.mailing_list_id)


def _without_caps(campaign: Campaign) -> Audience:
    return Audience(
        lists=lists_of(campaign),
        segments=tuple(campaign.segments),
        without_lists=tuple(campaign.without_lists),
        without_segments=tuple(campaign.without_segments),
        stream_id=campaign.stream_id,
        is_exempt=True,
    )
