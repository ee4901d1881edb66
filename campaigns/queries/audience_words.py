"""Names what a campaign is sent to, for sentences about it."""

from campaigns.models import Campaign
from campaigns.queries.audience_of import lists_of
from subscribers.queries.consent.choices import list_names_and_slugs, segment_choices


def audience_name(campaign: Campaign) -> str:
    """The names of its lists, the topic first."""
    lists = lists_of(campaign)
    found = list_names_and_slugs(lists)
    return ", ".join(found[each][0] for each in lists if each in found)


def segment_names(campaign: Campaign) -> str:
    """The names of the segments that it is narrowed to; empty where it goes to whole lists."""
    return ", ".join(choice.name for choice in segment_choices(campaign.segments))


def without_names(campaign: Campaign) -> str:
    """The names of the lists and segments that it leaves out."""
    lists = [name for name, _ in list_names_and_slugs(campaign.without_lists).values()]
    return ", ".join([*lists, *(choice.name for choice in segment_choices(campaign.without_segments))])
