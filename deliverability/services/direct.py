"""Sends a single mail at once, outside of any mailing: a trial of a provider, or a link somebody waits for."""

import time
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from deliverability.models import Provider
from deliverability.providers.base import Job, Timeouts
from deliverability.providers.registry import open_session
from deliverability.rules.headers import envelope_address
from deliverability.services.providers import config_of
from deliverability.types import OutgoingMessage, Reply, Result

# Somebody waits in front of a page; a second copy of such a mail would do no harm.
PATIENCE_SECONDS = 25.0
_TIMEOUTS = Timeouts(connect=10, command=15, data=15, final=20)


def plain_mail(*, sender: str, to: str, subject: str, body: str) -> OutgoingMessage:
    """A mail in plain text that says it was made by a machine (RFC 3834). Raises HeaderRefused."""
    mail_from, address = envelope_address("From", sender), envelope_address("To", to)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = mail_from, address, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=mail_from.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    # Base64 has no line that begins with a dot, which adapters rely on.
    mail.set_content(body, cte="base64")
    return OutgoingMessage(0, address, mail_from, mail.as_bytes(), not address.isascii())


def send_directly(
    *, provider: Provider, message: OutgoingMessage, listen: Callable[[bool, bytes], None] | None = None
) -> Reply:
    """The provider's reply, code 0 when there was none; `listen` hears the conversation, credentials included.

    Raises accounts.errors.SecretUnreadable.
    """
    results: list[Result] = []
    job = Job(iter([message]), 1, results.append, lambda: True)
    session = open_session(replace(config_of(provider), max_connections=1, timeouts=_TIMEOUTS, listen=listen))
    try:
        session.submit(job)
        end = time.monotonic() + PATIENCE_SECONDS
        while not session.is_done(job) and time.monotonic() < end:
            session.poll(0.5)
    finally:
        session.close()
    if results:
        return results[0].reply
    return job.failure or Reply(0, "The server gave no reply in time.")
