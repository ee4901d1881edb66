"""Every event of one recipient with all that was recorded of it: for the person whom it is about."""

from collections.abc import Iterator
from typing import Any

from deliverability.models import Event
from deliverability.types import AgentKind, EventKind

COLUMNS = (
    "at",
    "what",
    "mailing",
    "mailing_reference",
    "attempt",
    "server_code",
    "server_words",
    "link",
    "program",
    "program_name",
    "ip_address",
    "mailbox_provider",
)


def recorded_events(recipient_id: int) -> Iterator[dict[str, Any]]:
    """Oldest first, from a cursor of the server: memory holds a few hundred at a time, however many there are."""
    found = Event.objects.filter(recipient_id=recipient_id).select_related("mailing").order_by("occurred_at", "id")
    return map(_told, found.iterator(chunk_size=500))


def _told(event: Event) -> dict[str, Any]:
    mailing = event.mailing
    has_link = event.link is not None and event.link < len(mailing.links)
    return {
        "at": event.occurred_at,
        "what": EventKind(event.kind).name.lower(),
        "mailing": mailing.title,
        "mailing_reference": f"{mailing.composer} {mailing.reference}",
        "attempt": event.attempt,
        "server_code": event.code,
        "server_words": event.detail or "",
        "link": mailing.links[event.link] if has_link and event.link is not None else "",
        "program": AgentKind(event.agent_kind).name.lower() if event.agent_kind else "",
        "program_name": event.agent or "",
        "ip_address": event.ip or "",
        "mailbox_provider": event.mailbox_provider,
    }
