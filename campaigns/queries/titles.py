"""Names the campaigns behind mailings: the port `subscribers.services.mailing_titles`, implemented."""

from collections.abc import Collection

from campaigns.models import Campaign
from subscribers.types import MailingTitle


def campaign_titles(references: Collection[str]) -> dict[str, MailingTitle]:
    """By the mailing's reference, which is the campaign's id."""
    keys = [int(reference) for reference in references if reference.isdigit()]
    found = Campaign.objects.filter(pk__in=keys).values_list("pk", "name")
    return {str(key): MailingTitle(name, "campaign", key) for key, name in found}
