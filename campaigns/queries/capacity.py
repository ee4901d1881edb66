"""How long a campaign will take, and what it waits for."""

from datetime import datetime

from django.utils import timezone

from campaigns.errors import NotPossibleNow, UnknownCampaign
from campaigns.models import Campaign
from campaigns.queries.audience_of import audience_of
from campaigns.types import CampaignState
from deliverability.queries.capacity import SendPlan, plan_mailing, plan_rest
from subscribers.queries.audience.selection import audience_sql
from subscribers.queries.segments.asking import room
from subscribers.types import Audience

_PEOPLE = "SELECT mailbox_provider, count(*) FROM ({audience}) AS audience WHERE reason IS NULL GROUP BY 1"
_UNDER_WAY = (CampaignState.SENDING, CampaignState.PAUSED)
_TO_COME = (CampaignState.DRAFT, CampaignState.REVIEWED, CampaignState.SCHEDULED)


def campaign_capacity(campaign_id: int, starts_at: datetime | None = None) -> SendPlan:
    """Before the launch by whom a freeze would reach now, during the send by who is left.

    Raises UnknownCampaign, NotPossibleNow where nothing is left to plan or no list is chosen.
    """
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise UnknownCampaign
    if campaign.state in _UNDER_WAY and campaign.mailing_id is not None:
        return plan_rest(campaign.mailing_id)
    if campaign.state not in _TO_COME:
        raise NotPossibleNow(f"“{campaign.name}” is {campaign.state}: nothing of it is left to send.")
    audience = audience_of(campaign)
    if audience is None:
        raise NotPossibleNow(f"“{campaign.name}” has no list yet. Choose one, then ask again.")
    recipients = _recipients(audience)
    return plan_mailing(stream_id=campaign.stream_id, recipients=recipients, starts_at=starts_at or campaign.starts_at)


def _recipients(audience: Audience) -> dict[str, int]:
    sql, params = audience_sql(audience, timezone.now())
    with room() as cursor:
        cursor.execute(_PEOPLE.format(audience=sql), params)
        return dict(cursor.fetchall())
