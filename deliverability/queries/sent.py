"""Where a mail went, for whoever hears of it later."""

from deliverability.models import Event
from deliverability.types import EventKind


def mailbox_provider_sent_to(mailing_id: int, recipient_id: int) -> str:
    """The mailbox provider that took the mail; empty where that is not on record."""
    taken = Event.objects.filter(mailing_id=mailing_id, kind=EventKind.ACCEPTED, recipient_id=recipient_id)
    return taken.values_list("mailbox_provider", flat=True).order_by("-id").first() or ""
