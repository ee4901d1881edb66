"""Gathers what the checks of a campaign look at, and what its content may say."""

from django.utils import timezone

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from campaigns import conf
from campaigns.models import Campaign
from campaigns.rules.checks import Facts
from deliverability.queries.mailbox_providers import OTHER, mailbox_provider_of
from deliverability.types import StreamKind
from subscribers.errors import RulesRefused, SegmentGone
from subscribers.queries.contacts.merge_fields import contact_tags
from subscribers.queries.segments import sql_of_segment

_CAMPAIGN_TAGS = frozenset({"list.name", "organisation.name", "organisation.postal_address", "organisation.website"})


def campaign_facts(campaign: Campaign) -> Facts:
    stream, provider = campaign.stream, campaign.stream.provider
    mailbox_provider = mailbox_provider_of(campaign.from_email)
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        organisation = None
    return Facts(
        subject=campaign.subject,
        preheader=campaign.preheader,
        from_name=campaign.from_name,
        from_email=campaign.from_email,
        from_mailbox_provider="" if mailbox_provider == OTHER else mailbox_provider,
        has_organisation=organisation is not None,
        has_postal_address=organisation is not None and bool(organisation.postal_address.strip()),
        stream_name=stream.name,
        stream_is_marketing=stream.kind == StreamKind.MARKETING,
        provider_name=provider.name,
        provider_is_usable=provider.kind != "smtp" or bool(provider.host),
        stream_held_reason=stream.held_reason,
        links_reach_only_this_machine=conf.is_local(),
        has_list=campaign.mailing_list_id is not None,
        has_template=campaign.template_id is not None,
        unreadable_segment=_unreadable_segment(campaign),
    )


def known_tags() -> frozenset[str]:
    """Every merge tag that a campaign can fill."""
    return _CAMPAIGN_TAGS | contact_tags()


def _unreadable_segment(campaign: Campaign) -> str:
    """What is wrong with the first that is gone, or whose rules speak of what is gone; empty if none is."""
    now = timezone.now()
    for segment_id in (*campaign.segments, *campaign.without_segments):
        try:
            sql_of_segment(segment_id, now)
        except (SegmentGone, RulesRefused) as error:
            return str(error)
    return ""
