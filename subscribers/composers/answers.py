"""Answers privacy requests."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from accounts.queries.organisation import current_organisation
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.framing import MessageFrame
from deliverability.types import MailingBrief, OutgoingMessage, Sender, Skipped, SkipReason
from subscribers import conf
from subscribers.composers.framing import framed
from subscribers.models import Contact, PrivacyRequest
from subscribers.queries.rights.export_links import sign_export
from subscribers.services.mail_language import language_of
from subscribers.services.rights.answer_mail import Answer, answer_plan, what_was_asked
from subscribers.services.rights.answering import answer_to
from subscribers.types import RequestKind
from templates_app.types import MessageLinks


class AnswerComposer:
    """Answers a privacy request by what has become of it; `reference` is the id of the request."""

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        found = PrivacyRequest.objects.select_related("contact").filter(pk=int(mailing.reference)).first()
        organisation = current_organisation()
        frame = MessageFrame(
            mailing=mailing, sender=Sender(organisation.name, stream_of_kind(mailing.stream_kind).from_email)
        )
        for recipient_id in recipient_ids:
            contact = found.contact if found else None
            if found is None or contact is None or contact.pk != recipient_id:
                yield Skipped(recipient_id, SkipReason.GONE)
            elif suppressed_keys(mailing.stream_kind, [bytes(contact.address_key)], stream_id=mailing.stream_id):
                yield Skipped(recipient_id, SkipReason.SUPPRESSED)
            else:
                yield framed(frame, contact.pk, contact.email, _answer(found, contact))


def _answer(request: PrivacyRequest, contact: Contact) -> bytes:
    organisation = current_organisation()
    answer, language = answer_to(request), language_of(contact.locale)
    plan = answer_plan(answer=answer, locale=contact.locale, brand_color=organisation.brand_color)
    with override(language):
        asked_on, until = date_format(request.received_at, "DATE_FORMAT"), date_format(request.due_at, "DATE_FORMAT")
    values = {
        "what": what_was_asked(RequestKind(request.kind), language),
        "asked_on": asked_on,
        "until": until,
        "reason": request.refused_because if answer == Answer.REFUSED else request.extended_because,
        "url": f"{conf.base_url()}{reverse('my-data', args=[sign_export(contact_id=contact.pk)])}",
        "organisation": {"name": organisation.name, "postal_address": organisation.postal_address},
    }
    # No unsubscribe link: the law wants this answer, and it comes once.
    return plan.render(values, MessageLinks(unsubscribe_url="", preferences_url=""))
