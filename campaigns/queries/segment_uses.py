"""Which campaigns are to be sent to a segment or leave it out: the port of subscribers, implemented."""

from collections.abc import Collection

from django.db.models import Q

from campaigns.models import Campaign
from campaigns.types import CampaignState
from subscribers.types import SegmentUse

_NOT_SENT = (CampaignState.DRAFT, CampaignState.REVIEWED, CampaignState.SCHEDULED)


def campaigns_with_segments(segment_ids: Collection[int]) -> dict[int, list[SegmentUse]]:
    """By segment, those that are not sent yet, the newest first: what was sent has its audience and needs none."""
    ids = list(segment_ids)
    found = Campaign.objects.filter(Q(segments__overlap=ids) | Q(without_segments__overlap=ids), state__in=_NOT_SENT)
    uses: dict[int, list[SegmentUse]] = {}
    for name, key, segments, without in found.order_by("-id").values_list("name", "id", "segments", "without_segments"):
        for segment_id in {*segments, *without} & set(ids):
            uses.setdefault(segment_id, []).append(SegmentUse(name, "campaign", key))
    return uses
