"""What all mailings together did to one recipient, newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from deliverability.models import Event
from deliverability.types import AgentKind, EventKind

Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class RecipientEvent:
    """`composer` and `reference` name what the mailing was for, such as a campaign; `link` is its target."""

    id: int
    at: datetime
    kind: EventKind
    composer: str
    reference: str
    code: int | None
    detail: str
    agent_kind: AgentKind | None
    link: str


def events_of_recipient(
    recipient_ids: Collection[int], *, below: Place | None = None, most: int = 50
) -> list[RecipientEvent]:
    """Of one person under all their ids, below a moment and an id: from the index by recipient.

    One person has hundreds of events, never millions.
    """
    found = Event.objects.filter(recipient_id__in=recipient_ids).select_related("mailing")
    if below:
        moment, key = below
        found = found.filter(Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=key))
    return [_said(event) for event in found.order_by("-occurred_at", "-id")[:most]]


def _said(event: Event) -> RecipientEvent:
    links = event.mailing.links
    return RecipientEvent(
        id=event.pk,
        at=event.occurred_at,
        kind=EventKind(event.kind),
        composer=event.mailing.composer,
        reference=event.mailing.reference,
        code=event.code,
        detail=event.detail or "",
        agent_kind=AgentKind(event.agent_kind) if event.agent_kind else None,
        link=links[event.link] if event.link is not None and event.link < len(links) else "",
    )
