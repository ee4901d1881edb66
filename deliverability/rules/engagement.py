"""Counts people who opened, clicked, left or complained, each once, apart from what machines did."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from deliverability.types import AgentKind, EventKind, NewEvent

# What machines do too; only what a person's own program did counts.
ENGAGED = (EventKind.OPENED, EventKind.CLICKED)
# What only people decide, though several may report the same decision.
DECIDED = (EventKind.COMPLAINED, EventKind.UNSUBSCRIBED)
KINDS = (*ENGAGED, *DECIDED)


@dataclass(slots=True)
class Clicks:
    people: int = 0
    by_humans: int = 0
    by_machines: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What some events add to the counts of their mailings.

    `people` by mailing, mailbox provider and kind; `links` by mailing and link; `opens` and `clicks` of people by
    mailing and minute.
    """

    people: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    links: dict[tuple[int, int], Clicks] = field(default_factory=dict)
    opens: Counter[tuple[int, datetime]] = field(default_factory=Counter)
    clicks: Counter[tuple[int, datetime]] = field(default_factory=Counter)


def is_by_person(event: NewEvent) -> bool:
    return event.kind in DECIDED or (event.kind in ENGAGED and event.agent_kind == AgentKind.HUMAN)


def tally(events: Iterable[NewEvent], known: Iterable[tuple[int, int, int, int | None]]) -> Tally:
    """`known` says what these people did before: mailing, kind, recipient and link."""
    found = Tally()
    seen = set()
    for mailing_id, kind, recipient_id, link in known:
        seen |= {(mailing_id, kind, recipient_id), (mailing_id, link, recipient_id, kind)}
    for event in events:
        if event.kind not in KINDS:
            continue
        is_human = is_by_person(event)
        person = (event.mailing_id, int(event.kind), event.recipient_id)
        of_link = (event.mailing_id, event.link, event.recipient_id, int(event.kind))
        if event.kind == EventKind.CLICKED and event.link is not None:
            clicks = found.links.setdefault((event.mailing_id, event.link), Clicks())
            clicks.by_humans += is_human
            clicks.by_machines += not is_human
            clicks.people += is_human and of_link not in seen
        if is_human:
            found.people[event.mailing_id, event.mailbox_provider, int(event.kind)] += person not in seen
            seen |= {person, of_link}
        if is_human and event.kind in ENGAGED:
            moments = found.opens if event.kind == EventKind.OPENED else found.clicks
            moments[event.mailing_id, event.occurred_at.replace(second=0, microsecond=0)] += 1
    return found
