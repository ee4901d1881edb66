"""One campaign with what its pages name."""

from campaigns.errors import UnknownCampaign
from campaigns.models import Campaign


def moving_campaign(campaign_id: int) -> Campaign:
    """The same without what it hangs on, for what is asked every two seconds. Raises UnknownCampaign."""
    campaign = Campaign.objects.defer("edits").filter(pk=campaign_id).first()
    if campaign is None:
        raise UnknownCampaign
    return campaign


def campaign_of(campaign_id: int) -> Campaign:
    """Raises UnknownCampaign."""
    found = Campaign.objects.select_related("mailing_list", "template", "stream__provider", "version", "mailing")
    # A version holds a whole mail twice, which no page needs to read a subject.
    campaign = found.defer("version__source", "version__html", "version__text").filter(pk=campaign_id).first()
    if campaign is None:
        raise UnknownCampaign
    return campaign
