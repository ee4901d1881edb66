"""Finds campaigns by name or subject."""

from typing import NamedTuple

from django.db.models import Q

from campaigns.models import Campaign
from campaigns.types import CampaignState


class FoundCampaign(NamedTuple):
    id: int
    name: str
    state: CampaignState


def campaigns_named(words: str, *, most: int = 5) -> list[FoundCampaign]:
    """The newest come first."""
    found = Campaign.objects.filter(Q(name__icontains=words.strip()) | Q(subject__icontains=words.strip()))
    rows = found.order_by("-id").values_list("id", "name", "state")[:most]
    return [FoundCampaign(key, name, CampaignState(state)) for key, name, state in rows]


def latest_campaigns(*, most: int = 5) -> list[FoundCampaign]:
    rows = Campaign.objects.order_by("-id").values_list("id", "name", "state")[:most]
    return [FoundCampaign(key, name, CampaignState(state)) for key, name, state in rows]
