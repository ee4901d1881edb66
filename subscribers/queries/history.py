"""A person's history: what they said, what was mailed to them and what held them back, woven into one, newest first."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from deliverability.queries.recipient_events import RecipientEvent, events_of_recipient
from deliverability.queries.suppression_page import Held
from deliverability.types import SuppressionReason
from subscribers.models import ConsentRecord
from subscribers.queries.profile import consent_log

ON_A_PAGE = 50
_BIGGEST_ID = 2**63 - 1
_PLACE = re.compile(r"(.{10,40})~(\d)~(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Turn:
    """A suppression begins, or is lifted."""

    held: Held
    is_lift: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: several things may share one moment, so source and id tell them apart."""

    at: datetime
    source: int
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """None for anything that no page has written."""
        found = _PLACE.fullmatch(text)
        try:
            at = datetime.fromisoformat(found[1]) if found else None
        except ValueError:
            return None
        return cls(at, int(found[2]), int(found[3])) if found and at and at.tzinfo else None


@dataclass(frozen=True, slots=True)
class Moment:
    """Exactly one of the three is there."""

    place: Place
    event: RecipientEvent | None = None
    said: ConsentRecord | None = None
    turn: Turn | None = None

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`older` is the place to go on below, None at the end."""

    moments: list[Moment]
    older: Place | None


Below = tuple[datetime, int] | None


def history_of(contact_id: int, *, held: Sequence[Held] = (), below: Place | None = None) -> HistoryPage:
    """One page; `held` is everything that ever held this person back."""
    sources: tuple[Callable[[Below], list[Moment]], ...] = (
        lambda place: _events(contact_id, place),
        lambda place: _sayings(contact_id, place),
        lambda place: _turns(held, place),
    )
    moments = [moment for number, source in enumerate(sources) for moment in source(_below(below, number))]
    moments.sort(key=lambda moment: (moment.place.at, -moment.place.source, moment.place.id), reverse=True)
    page = moments[:ON_A_PAGE]
    return HistoryPage(page, page[-1].place if len(moments) > ON_A_PAGE else None)


def _below(place: Place | None, source: int) -> Below:
    """At one moment sources take turns by number: those in front are read to their end, those behind not yet at all."""
    if place is None:
        return None
    return place.at, {-1: 0, 0: place.id, 1: _BIGGEST_ID}[(source > place.source) - (source < place.source)]


def _events(contact_id: int, below: Below) -> list[Moment]:
    found = events_of_recipient(contact_id, below=below, most=ON_A_PAGE + 1)
    return [Moment(Place(event.at, 0, event.id), event=event) for event in found]


def _sayings(contact_id: int, below: Below) -> list[Moment]:
    found = consent_log(contact_id, below=below, most=ON_A_PAGE + 1)
    return [Moment(Place(entry.occurred_at, 1, entry.pk), said=entry) for entry in found]


def _turns(held: Sequence[Held], below: Below) -> list[Moment]:
    """A suppression has two: its beginning is the even number, its lift the odd one."""
    # Who left or came back stands in the ledger already.
    held = [each for each in held if each.reason != SuppressionReason.UNSUBSCRIBE]
    found = [Moment(Place(each.since, 2, each.id * 2), turn=Turn(each, is_lift=False)) for each in held]
    found += [
        Moment(Place(each.lifted_at, 2, each.id * 2 + 1), turn=Turn(each, is_lift=True))
        for each in held
        if each.lifted_at
    ]
    return [moment for moment in found if below is None or (moment.place.at, moment.place.id) < below]
