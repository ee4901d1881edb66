"""Writes the mails about errands of the preference center: each asks a mailbox's owner, or tells them."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from accounts.queries.organisation import current_organisation
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.framing import MessageFrame
from deliverability.types import MailingBrief, OutgoingMessage, Sender, Skipped, SkipReason
from subscribers import conf
from subscribers.composers.framing import framed
from subscribers.models import ConsentRecord
from subscribers.queries.rights.errands import errand_entry, is_taken, still_stands
from subscribers.queries.tokens import sign_errand
from subscribers.rules.masking import mask_address
from subscribers.rules.moves import Move
from subscribers.services.errand_mail import errand_plan
from subscribers.types import ErrandMail
from templates_app.types import MessageLinks


class ErrandComposer:
    """`reference` is `kind:id` of an `ErrandMail` and of the ledger's entry that asks."""

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        word, _, number = mailing.reference.partition(":")
        entry = errand_entry(int(number))
        for recipient_id in recipient_ids:
            if entry is None:
                yield Skipped(recipient_id, SkipReason.GONE)
            else:
                yield _message(mailing, recipient_id, ErrandMail(word), entry)


def _message(
    mailing: MailingBrief, recipient_id: int, kind: ErrandMail, entry: ConsentRecord
) -> OutgoingMessage | Skipped:
    address = _address(kind, entry)
    if kind != ErrandMail.NOTICE and not still_stands(entry):
        return Skipped(recipient_id, SkipReason.NOT_SUBSCRIBED)
    if suppressed_keys(mailing.stream_kind, [address_key(address)], stream_id=mailing.stream_id):
        return Skipped(recipient_id, SkipReason.SUPPRESSED)
    if kind == ErrandMail.MOVE and is_taken(address, by_other_than=entry.contact_id):
        kind = ErrandMail.TAKEN
    sender = Sender(current_organisation().name, stream_of_kind(mailing.stream_kind).from_email)
    frame = MessageFrame(mailing=mailing, sender=sender)
    return framed(frame, recipient_id, address, _content(kind, entry, address))


def _address(kind: ErrandMail, entry: ConsentRecord) -> str:
    if kind in (ErrandMail.EXPORT, ErrandMail.ERASURE):
        return entry.contact.email
    move = Move.read(entry.detail)
    return move.old if kind == ErrandMail.NOTICE else move.new


def _content(kind: ErrandMail, entry: ConsentRecord, address: str) -> bytes:
    organisation = current_organisation()
    plan = errand_plan(kind, locale=entry.contact.locale, brand_color=organisation.brand_color)
    token = sign_errand(contact_id=entry.contact_id, entry_id=entry.pk, stops=kind == ErrandMail.NOTICE)
    values = {
        "url": f"{conf.base_url()}{reverse('errand', args=[token])}",
        "address": address,
        "other": _other(kind, entry),
        "organisation": {"name": organisation.name, "postal_address": organisation.postal_address},
    }
    # No unsubscribe link: this mail is asked for and comes once.
    return plan.render(values, MessageLinks(unsubscribe_url="", preferences_url=""))


def _other(kind: ErrandMail, entry: ConsentRecord) -> str:
    """The address at the other end of a move, masked: whoever reads this mailbox need not own that one."""
    if kind in (ErrandMail.EXPORT, ErrandMail.ERASURE):
        return ""
    move = Move.read(entry.detail)
    return mask_address(move.new if kind == ErrandMail.NOTICE else move.old)
