"""Writes the mail of campaigns at the moment of dispatch: the engine's composer port, implemented."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any, NamedTuple

from accounts.queries.organisation import current_organisation
from campaigns import conf
from campaigns.models import Campaign, TestSend
from campaigns.queries.audience_of import lists_of, topic_mailings
from campaigns.rules.identifiers import feedback_id, list_id
from deliverability.errors import HeaderRefused
from deliverability.queries import tokens
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.framing import MessageFrame
from deliverability.services.tracking import tracking_links
from deliverability.types import MailingBrief, OutgoingMessage, Sender, Skipped, SkipReason
from subscribers.queries.audience.frequency import too_often
from subscribers.queries.audience.recipients import Recipient, load_recipients
from subscribers.queries.consent.choices import list_names_and_slugs
from subscribers.queries.contacts.merge_fields import sample_values
from subscribers.types import FIRST_TEST_RECIPIENT
from templates_app.queries.plans import merge_plan
from templates_app.types import MessageLinks

# Permission is read again when it is older than this: a slow lane may take minutes over one batch.
FRESH_SECONDS = 5.0
# Stands for the list in the footer of a test that has none.
_NO_LIST = "Newsletter"


class _Topic(NamedTuple):
    """What differs between copies by the list that they come under."""

    name: str
    frame: MessageFrame


class Edition:
    """One version of one campaign, made ready once: what is the same in every copy is computed here."""

    def __init__(self, mailing: MailingBrief, campaign: Campaign, version_id: int) -> None:
        self.mailing = mailing
        self._campaign = campaign
        self._lists = lists_of(campaign)
        self._plan = merge_plan(version_id)
        self._organisation = _organisation_values()
        self._pages = conf.base_url()
        # Headers and words name the list that lets somebody be written to.
        found = list_names_and_slugs(self._lists)
        self._topics = {each: self._topic(*found[each]) for each in self._lists if each in found}
        self._first = next(iter(self._topics.values()), None) or self._topic(_NO_LIST, "none")

    def content(self, recipient_id: int, recipient: Recipient) -> bytes:
        list_name = self._topic_of(recipient).name
        values = {"contact": recipient.values, "list": {"name": list_name}, "organisation": self._organisation}
        return self._plan.render(values, self._links(tokens.sign(self.mailing.id, recipient_id), recipient))

    def recipients(self, recipient_ids: Sequence[int]) -> tuple[dict[int, Recipient], dict[int, SkipReason]]:
        """The people as they are now, and who of them has got enough mail by now."""
        if not self._lists:
            raise RuntimeError("a campaign that is being sent has a list")
        stream_id, mailing_id = self.mailing.stream_id, self.mailing.id
        found = load_recipients(
            contact_ids=recipient_ids, lists=self._lists, stream_id=stream_id, mailing_id=mailing_id
        )
        return found, too_often(
            {key: each for key, each in found.items() if each.why_not is None},
            stream_id=stream_id,
            mailing_id=mailing_id,
            topic_mailings=lambda: topic_mailings(self._lists, besides=mailing_id),
            is_exempt=bool(self._campaign.exempt_because),
        )

    def message(self, recipient_id: int, recipient: Recipient, content: bytes) -> OutgoingMessage | Skipped:
        return _framed(self._topic_of(recipient).frame, recipient_id, recipient.address, content)

    def _topic_of(self, recipient: Recipient) -> _Topic:
        return self._topics.get(recipient.list_id or 0, self._first)

    def _topic(self, list_name: str, list_slug: str) -> _Topic:
        campaign = self._campaign
        frame = MessageFrame(
            mailing=self.mailing,
            sender=Sender(campaign.from_name, campaign.from_email, campaign.reply_to),
            list_id=list_id(list_slug, conf.public_host()),
            list_name=list_name,
            feedback_id=feedback_id(
                campaign_id=campaign.pk,
                list_slug=list_slug,
                stream_slug=self.mailing.stream_slug,
                from_email=campaign.from_email,
            ),
            one_click_base=f"{self._pages}/u/",
        )
        return _Topic(list_name, frame)

    def _links(self, token: str, recipient: Recipient) -> MessageLinks:
        tracking = tracking_links(
            brief=self.mailing, token=token, opens=recipient.tracks_opens, clicks=recipient.tracks_clicks
        )
        return MessageLinks(
            f"{self._pages}/u/{token}",
            f"{self._pages}/p/{token}",
            *tracking,
            reconfirm_url=f"{self._pages}/k/{token}",
        )


class CampaignComposer:
    """The mail of a campaign, for the people of its frozen audience who may still be written to."""

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        edition = _edition(mailing)
        recipients: dict[int, Recipient] = {}
        enough: dict[int, SkipReason] = {}
        stale_at = float("-inf")
        for index, recipient_id in enumerate(recipient_ids):
            if monotonic() >= stale_at:
                recipients, enough = edition.recipients(recipient_ids[index:])
                stale_at = monotonic() + FRESH_SECONDS
            recipient = recipients.get(recipient_id)
            if recipient is None:
                yield Skipped(recipient_id, SkipReason.GONE)
            elif why_not := recipient.why_not or enough.get(recipient_id):
                yield Skipped(recipient_id, why_not)
            else:
                yield edition.message(recipient_id, recipient, edition.content(recipient_id, recipient))


class TestComposer:
    """Tests of a campaign: the same content and headers, the word “Test” before the subject, a recipient of no list."""

    __test__ = False  # pytest collects classes by this name

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        tests = TestSend.objects.select_related("campaign__mailing_list").in_bulk(
            [recipient_id - FIRST_TEST_RECIPIENT for recipient_id in recipient_ids]
        )
        for recipient_id in recipient_ids:
            test = tests.get(recipient_id - FIRST_TEST_RECIPIENT)
            yield _compose_test(mailing, recipient_id, test) if test else Skipped(recipient_id, SkipReason.GONE)


# Content and sender are frozen by the time a mailing is sent, so an edition never goes stale.
@lru_cache(maxsize=32)
def _edition(mailing: MailingBrief) -> Edition:
    campaign = Campaign.objects.select_related("mailing_list").get(pk=int(mailing.reference))
    if campaign.version_id is None:
        raise RuntimeError(f"campaign {campaign.pk} has a mailing, and so it has a version")
    return Edition(mailing, campaign, campaign.version_id)


def _compose_test(mailing: MailingBrief, recipient_id: int, test: TestSend) -> OutgoingMessage | Skipped:
    if suppressed_keys(mailing.stream_kind, [address_key(test.address)], stream_id=mailing.stream_id):
        return Skipped(recipient_id, SkipReason.SUPPRESSED)
    if test.campaign is None:
        return _compose_template_test(mailing, recipient_id, test)
    edition = Edition(mailing, test.campaign, test.version_id)
    sample = _sample(test, lists_of(test.campaign))
    content = edition.content(recipient_id, sample)
    return edition.message(recipient_id, sample._replace(address=test.address), _marked(content))


def _compose_template_test(mailing: MailingBrief, recipient_id: int, test: TestSend) -> OutgoingMessage | Skipped:
    """A template by itself knows no sender and no list: the organisation writes, from the stream's own address."""
    organisation = _organisation_values()
    pages, token = conf.base_url(), tokens.sign(mailing.id, recipient_id)
    values = {"contact": sample_values(), "list": {"name": _NO_LIST}, "organisation": organisation}
    content = merge_plan(test.version_id).render(
        values, MessageLinks(f"{pages}/u/{token}", f"{pages}/p/{token}", reconfirm_url=f"{pages}/k/{token}")
    )
    sender = Sender(organisation["name"], stream_of_kind(mailing.stream_kind).from_email)
    frame = MessageFrame(mailing=mailing, sender=sender, one_click_base=f"{pages}/u/")
    return _framed(frame, recipient_id, test.address, _marked(content))


def _marked(content: bytes) -> bytes:
    return content.replace(b"Subject: ", b"Subject: [Test] ", 1)


def _framed(frame: MessageFrame, recipient_id: int, address: str, content: bytes) -> OutgoingMessage | Skipped:
    try:
        return frame.frame(recipient_id=recipient_id, address=address, content=content)
    except HeaderRefused:
        return Skipped(recipient_id, SkipReason.UNDELIVERABLE_ADDRESS)


def _organisation_values() -> dict[str, str]:
    organisation = current_organisation()
    return {
        "name": organisation.name,
        "postal_address": organisation.postal_address,
        "website": organisation.website,
    }


def _sample(test: TestSend, lists: Sequence[int]) -> Recipient:
    if test.sample_contact_id and lists:
        found: dict[int, Recipient] = load_recipients(contact_ids=[test.sample_contact_id], lists=lists)
        if test.sample_contact_id in found:
            return found[test.sample_contact_id]
    values: dict[str, Any] = sample_values()
    return Recipient(test.address, values, False, False, "", None)
