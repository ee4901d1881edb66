"""All that happened with a person, woven into one, newest first: words, mail, deeds, and what the team did."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, QuerySet

from deliverability.queries.recipient_events import RecipientEvent, events_of_recipient
from deliverability.queries.suppression_page import Held
from deliverability.types import SuppressionReason
from subscribers.models import ConsentRecord, ContactActivity, ContactChange, ContactMerge, PrivacyRequest
from subscribers.queries.contacts.profile import consent_log
from subscribers.queries.people import ids_of

ON_A_PAGE = 50
_BIGGEST_ID = 2**63 - 1
_PLACE = re.compile(r"(.{10,40})~(\d)~(\d{1,18})", re.ASCII)


class Strand(StrEnum):
    """What a page can be narrowed to."""

    CONSENT = "consent"
    MAIL = "mail"
    ACTIVITY = "activity"
    TEAM = "team"


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


What = RecipientEvent | ConsentRecord | Turn | ContactActivity | ContactMerge | ContactChange | PrivacyRequest


@dataclass(frozen=True, slots=True)
class Moment:
    place: Place
    what: What

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`older` is the place to go on below, None at the end."""

    moments: list[Moment]
    older: Place | None


Below = tuple[datetime, int] | None
_Source = Callable[[Below], list[tuple[datetime, int, Any]]]


def history_of(
    contact_id: int, *, held: Sequence[Held] = (), below: Place | None = None, strand: Strand | None = None
) -> HistoryPage:
    """One page, of all strands or one; `held` is everything that ever held this person back.

    A query for each source, from its index by person and time, however much happened.
    """
    moments = [
        Moment(Place(at, number, key), what)
        for number, source in _sources(contact_id, held, strand).items()
        for at, key, what in source(_below(below, number))
    ]
    moments.sort(key=lambda moment: (moment.place.at, -moment.place.source, moment.place.id), reverse=True)
    page = moments[:ON_A_PAGE]
    return HistoryPage(page, page[-1].place if len(moments) > ON_A_PAGE else None)


def _sources(contact_id: int, held: Sequence[Held], strand: Strand | None) -> Mapping[int, _Source]:
    """By number, which stands in the places of pages and so never changes."""
    ids = ids_of(contact_id)
    every: dict[int, tuple[Strand, _Source]] = {
        0: (Strand.MAIL, lambda place: _events(ids, place)),
        1: (Strand.CONSENT, lambda place: _sayings(contact_id, place)),
        2: (Strand.CONSENT, lambda place: _turns(held, place)),
        3: (Strand.ACTIVITY, _rows(ContactActivity.objects.filter(contact=contact_id), "occurred_at")),
        4: (Strand.TEAM, _rows(ContactMerge.objects.filter(kept__in=ids).select_related("merged"), "merged_at")),
        5: (Strand.TEAM, _rows(ContactChange.objects.filter(contact__in=ids), "changed_at")),
        6: (Strand.TEAM, _rows(PrivacyRequest.objects.filter(contact=contact_id), "received_at")),
    }
    return {number: source for number, (of, source) in every.items() if strand in (None, of)}


def _below(place: Place | None, source: int) -> Below:
    """At one moment sources take turns by number: those in front are read to their end, those behind not yet at all."""
    if place is None:
        return None
    return place.at, {-1: 0, 0: place.id, 1: _BIGGEST_ID}[(source > place.source) - (source < place.source)]


def _rows(found: QuerySet[Any], moment: str) -> _Source:
    def read(below: Below) -> list[tuple[datetime, int, Model]]:
        rows = found
        if below:
            at, key = below
            rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key}))
        return [(getattr(row, moment), row.pk, row) for row in rows.order_by(f"-{moment}", "-pk")[: ON_A_PAGE + 1]]

    return read


def _events(ids: Sequence[int], below: Below) -> list[tuple[datetime, int, RecipientEvent]]:
    return [(event.at, event.id, event) for event in events_of_recipient(ids, below=below, most=ON_A_PAGE + 1)]


def _sayings(contact_id: int, below: Below) -> list[tuple[datetime, int, ConsentRecord]]:
    return [(each.occurred_at, each.pk, each) for each in consent_log(contact_id, below=below, most=ON_A_PAGE + 1)]


def _turns(held: Sequence[Held], below: Below) -> list[tuple[datetime, int, Turn]]:
    """A suppression has two: its beginning is the even number, its lift the odd one."""
    # Who left or came back stands in the ledger already.
    held = [each for each in held if each.reason != SuppressionReason.UNSUBSCRIBE]
    found = [(each.since, each.id * 2, Turn(each, is_lift=False)) for each in held]
    found += [(each.lifted_at, each.id * 2 + 1, Turn(each, is_lift=True)) for each in held if each.lifted_at]
    return [turn for turn in found if below is None or turn[:2] < below]
