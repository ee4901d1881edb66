"""Sends tests of campaigns and templates, by the path that real mail takes."""

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.errors import TestRefused
from campaigns.models import Campaign, TestSend
from campaigns.queries.facts import known_tags
from campaigns.services.stepping import lock, note
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one
from deliverability.types import StreamKind
from subscribers.types import FIRST_TEST_RECIPIENT
from templates_app.queries.templates import template as template_of
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
    _enqueue(test, campaign.stream_id, f"{campaign.pk}:{version_id}", links)
    note(campaign, actor=actor, text=f"Test sent to {address}.")
    return test


@transaction.atomic
def send_template_test(*, template_id: int, address: str, actor: Actor) -> TestSend:
    """Put one mail with a template as it was last saved into the outbox, filled with made-up data.

    It goes out by the first marketing stream, from its address. Raises TestRefused, TemplateErrors, UnknownTemplate,
    OrganisationMissing, PermissionRefused.
    """
    require(actor, "templates_app.edit")
    address = _deliverable(address)
    template = template_of(template_id)
    version = publish_version(
        template_id=template_id,
        subject=template.subject or template.name,
        preheader=template.preheader,
        known_tags=known_tags(),
        author=str(actor),
    )
    stream_id = _marketing_stream()
    test = TestSend.objects.create(version=version, address=address, requested_by=str(actor)[:200])
    _enqueue(test, stream_id, f"template:{version.pk}", list(version.links))
    return test


def _marketing_stream() -> int:
    try:
        return stream_of_kind(StreamKind.MARKETING).pk
    except ObjectDoesNotExist:
        raise TestRefused("No marketing stream is set up, so no test was sent. Add one in Settings, Streams.") from None


def _enqueue(test: TestSend, stream_id: int, reference: str, links: list[str]) -> None:
    mailing = open_mailing(stream_id=stream_id, composer="campaign-test", reference=reference, links=links)
    enqueue_one(
        mailing_id=mailing.pk,
        recipient_id=FIRST_TEST_RECIPIENT + test.pk,
        mailbox_provider=mailbox_provider_of(test.address),
        priority=_AHEAD_OF_CAMPAIGNS,
    )


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
    if campaign.template_id is None:
        raise TestRefused("The campaign has no content yet, so no test was sent. Choose a template.")
    version = campaign.version or publish_version(
        template_id=campaign.template_id,
        subject=campaign.subject,
        preheader=campaign.preheader,
        known_tags=known_tags(),
    )
    return version.pk, list(version.links)
