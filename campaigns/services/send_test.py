"""Sends a test of a campaign, by the path that its real mail takes."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.errors import TestRefused
from campaigns.models import Campaign, TestSend
from campaigns.queries.facts import known_tags
from campaigns.services.stepping import lock, note
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one
from deliverability.types import StreamKind
from subscribers.types import FIRST_TEST_RECIPIENT
from templates_app.services.versions import publish_version

# Somebody waits for it, and one mail delays a campaign by nothing.
_AHEAD_OF_CAMPAIGNS = -1


@transaction.atomic
def send_test(*, campaign_id: int, address: str, actor: Actor, sample_contact_id: int | None = None) -> TestSend:
    """Put one test mail into the outbox of the campaign's own stream, filled with a contact's or made-up data.

    A draft is tested as it stands now, any other campaign in its frozen version. The test is a mailing of its own,
    so the campaign's numbers never count it. Raises TestRefused, TemplateErrors, OrganisationMissing,
    UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.edit")
    address = _deliverable(address)
    campaign = lock(campaign_id)
    version_id, links = _content(campaign)
    test = TestSend.objects.create(
        campaign=campaign,
        version_id=version_id,
        address=address,
        sample_contact_id=sample_contact_id,
        requested_by=str(actor)[:200],
    )
    mailing = open_mailing(
        stream_id=campaign.stream_id, composer="campaign-test", reference=f"{campaign.pk}:{version_id}", links=links
    )
    enqueue_one(
        mailing_id=mailing.pk,
        recipient_id=FIRST_TEST_RECIPIENT + test.pk,
        mailbox_provider=mailbox_provider_of(address),
        priority=_AHEAD_OF_CAMPAIGNS,
    )
    note(campaign, actor=actor, text=f"Test sent to {address}.")
    return test


def _deliverable(address: str) -> str:
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise TestRefused(f"“{address}” is not an e-mail address, so no test was sent. Check its spelling.") from None
    if suppressed_keys(StreamKind.MARKETING, [address_key(address)]):
        raise TestRefused(
            f"{address} is suppressed: it unsubscribed, complained or bounced. No test was sent. Use another address."
        )
    return address


def _content(campaign: Campaign) -> tuple[int, list[str]]:
    version = campaign.version or publish_version(
        template_id=campaign.template_id,
        subject=campaign.subject,
        preheader=campaign.preheader,
        known_tags=known_tags(),
    )
    return version.pk, list(version.links)
