"""Sends a single mail at once, outside of any mailing: a trial of a provider, or a link somebody waits for."""

import time
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from deliverability.models import Provider
from deliverability.providers.base import Job, ProviderConfig, Timeouts
from deliverability.providers.registry import open_session
from deliverability.rules.headers import envelope_address
from deliverability.rules.health import is_trouble
from deliverability.services.providers import config_of
from deliverability.types import OutgoingMessage, Reply, Result

# Somebody waits in front of a page; a second copy of such a mail would do no harm.
PATIENCE_SECONDS = 25.0
_TIMEOUTS = Timeouts(connect=10, command=15, data=15, final=20)
# Beat's workers have other things to do than to wait for somebody who is silent.
_KNOCK_SECONDS = 10.0
_NO_REPLY = Reply(0, "The server gave no reply in time.")


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
    _work_off(job, replace(config_of(provider), max_connections=1, timeouts=_TIMEOUTS, listen=listen), PATIENCE_SECONDS)
    if results:
        return results[0].reply
    return job.failure or _NO_REPLY


def knock(*, provider: Provider, address: str) -> Reply | None:
    """What stands in the way of sending, without sending: the conversation ends before the content of a mail.

    None: the provider would take one. `address` stands for sender and recipient. An API is called only with mail, so
    there is nothing to be found out. Raises accounts.errors.SecretUnreadable.
    """
    results: list[Result] = []
    message = plain_mail(sender=address, to=address, subject="Knock, knock", body="This is never sent.\n")
    job = Job(iter([message]), 1, results.append, lambda: False)
    is_over = _work_off(job, replace(config_of(provider), max_connections=1, timeouts=_TIMEOUTS), _KNOCK_SECONDS)
    if job.failure is not None or not is_over:
        return job.failure or _NO_REPLY
    # What is said of sender or recipient is said by somebody who works.
    return next((one.reply for one in results if is_trouble(one.reply, is_paced=False)), None)


def _work_off(job: Job, config: ProviderConfig, seconds: float) -> bool:
    session = open_session(config)
    try:
        session.submit(job)
        end = time.monotonic() + seconds
        while not session.is_done(job) and time.monotonic() < end:
            session.poll(0.5)
        return session.is_done(job)
    finally:
        session.close()
