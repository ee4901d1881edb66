"""Fetches what waits in an inbox, and remembers when, and what went wrong."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils import timezone

from accounts.errors import SecretUnreadable
from deliverability.errors import InboxUnavailable
from deliverability.models import Inbox
from deliverability.services.inbound_mail.imap import read_imap
from deliverability.services.inbound_mail.maildir import read_maildir
from deliverability.services.inbound_mail.receiving import receive_mail

_READERS: dict[str, Callable[[Inbox, Callable[[bytes], object]], int]] = {
    Inbox.Kind.IMAP: read_imap,
    Inbox.Kind.MAILDIR: read_maildir,
}


def inboxes_to_check() -> QuerySet[Inbox]:
    return Inbox.objects.filter(is_active=True).order_by("pk")


def collect(*, inbox_id: int) -> int:
    """Receive every new mail of one inbox; returns how many. A failure is kept in the inbox's `last_error`."""
    inbox = Inbox.objects.get(pk=inbox_id)
    count = 0

    def take(raw: bytes) -> None:
        nonlocal count
        receive_mail(raw=raw, source=inbox.name)
        count += 1

    try:
        _READERS[inbox.kind](inbox, take)
        inbox.last_error = ""
    except (InboxUnavailable, SecretUnreadable) as error:
        inbox.last_error = str(error) or str(error.__doc__)
    inbox.last_checked_at = timezone.now()
    inbox.save(update_fields=["last_checked_at", "last_error"])
    return count
