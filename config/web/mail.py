"""Lets Django's own mail, such as a link to a forgotten password, leave through the transactional stream."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from deliverability.models import Stream
from deliverability.queries.lanes import provider_in_force
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.direct import plain_mail, send_directly
from deliverability.types import StreamKind

logger = logging.getLogger(__name__)


class TransactionalStream(BaseEmailBackend):
    """A failure is logged and not shown: an error page would tell strangers which addresses have accounts."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            stream = stream_of_kind(StreamKind.TRANSACTIONAL)
        except Stream.DoesNotExist:
            logger.error("mail not sent: there is no transactional stream; add one in the settings")
            return 0
        return sum(self._send(stream, message, to) for message in email_messages for to in message.recipients())

    def _send(self, stream: Stream, message: EmailMessage, to: str) -> int:
        if suppressed_keys(StreamKind.TRANSACTIONAL, [address_key(to)]):
            # A mailbox that does not exist stays one, whoever asks; every further bounce costs reputation.
            logger.error("mail not sent: its address is suppressed; lift the suppression to let it through")
            return 0
        mail = plain_mail(sender=stream.from_email, to=to, subject=str(message.subject), body=str(message.body))
        reply = send_directly(provider=provider_in_force(stream), message=mail)
        if 200 <= reply.code < 300:
            return 1
        logger.error("mail not sent: %s %s", reply.code, reply.text)
        return 0
