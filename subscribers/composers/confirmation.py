"""Writes the mail of double opt-in, and its reminders."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from accounts.queries.organisation import current_organisation
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.framing import MessageFrame
from deliverability.types import MailingBrief, OutgoingMessage, Sender, Skipped, SkipReason, StreamKind
from subscribers import conf
from subscribers.composers.framing import framed
from subscribers.models import ConsentRecord, Contact
from subscribers.queries.consent.ledger import latest_request, waits_for_answer
from subscribers.queries.tokens import sign_confirmation
from subscribers.services.confirmation_mail import confirmation_plan
from templates_app.types import MessageLinks


class ConfirmationComposer:
    """Asks the owner of a mailbox whether it was they who signed up; `reference` is the id of the sign-up form,
    and behind a slash the number of a reminder.

    The mail repeats nothing that was typed into the form but the address: anybody can type there, and a stranger's
    mailbox is no place for their words.
    """

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        form, _, reminder = mailing.reference.partition("/")
        form_id, is_reminder = int(form), bool(reminder)
        contacts = Contact.with_merged.in_bulk(list(recipient_ids))
        keys = [bytes(contact.address_key) for contact in contacts.values()]
        suppressed = suppressed_keys(mailing.stream_kind, keys, stream_id=mailing.stream_id)
        if is_reminder:
            # The question is asked of whoever comes back after leaving; nobody who left is asked twice.
            suppressed |= suppressed_keys(StreamKind.MARKETING, keys)
        organisation = current_organisation()
        frame = MessageFrame(
            mailing=mailing, sender=Sender(organisation.name, stream_of_kind(mailing.stream_kind).from_email)
        )
        for recipient_id in recipient_ids:
            contact = contacts.get(recipient_id)
            if contact is None:
                yield Skipped(recipient_id, SkipReason.GONE)
            elif bytes(contact.address_key) in suppressed:
                yield Skipped(recipient_id, SkipReason.SUPPRESSED)
            else:
                yield _message(frame, form_id, contact, is_reminder)


def _message(frame: MessageFrame, form_id: int, contact: Contact, is_reminder: bool) -> OutgoingMessage | Skipped:
    requests = [request for request in latest_request(contact.pk, form_id) if waits_for_answer(request)]
    if not any(request.mailing_list_id for request in requests):
        # Answered in the meantime, as when an earlier mail was confirmed: there is nothing left to ask.
        return Skipped(contact.pk, SkipReason.NOT_SUBSCRIBED)
    return framed(frame, contact.pk, contact.email, _content(form_id, contact, requests, is_reminder))


def _content(form_id: int, contact: Contact, requests: list[ConsentRecord], is_reminder: bool) -> bytes:
    organisation = current_organisation()
    plan = confirmation_plan(locale=contact.locale, brand_color=organisation.brand_color, is_reminder=is_reminder)
    token = sign_confirmation(contact_id=contact.pk, form_id=form_id, request_ids=[entry.pk for entry in requests])
    values = {
        "confirm_url": f"{conf.base_url()}{reverse('confirm', args=[token])}",
        "address": contact.email,
        "lists": [entry.mailing_list.name for entry in requests if entry.mailing_list],
        "organisation": {"name": organisation.name, "postal_address": organisation.postal_address},
    }
    # No unsubscribe link: nobody who does nothing gets more than this question and its reminders.
    return plan.render(values, MessageLinks(unsubscribe_url="", preferences_url=""))
