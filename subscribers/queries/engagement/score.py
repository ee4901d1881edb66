"""Explains one person's score: what they did, and what each of it is worth today."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from deliverability.queries.engagement import human_acts_of
from deliverability.types import EventKind
from subscribers.models import ContactActivity, ContactScore
from subscribers.queries.people import ids_of
from subscribers.rules.scoring import LOOKS_BACK, NAMES, Deed, deed_of, points

_SHOWN = 5
# A person does not do more in a year; whoever does is a machine, and their newest acts tell enough.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Share:
    """One thing that somebody did, and what it is worth now."""

    deed: Deed
    at: datetime
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """`shares` are the largest, `rest` is what all others come to, `others` how many those are."""

    score: ContactScore
    shares: list[Share]
    others: int
    rest: float


def explain_score(contact_id: int, *, now: datetime | None = None) -> Explanation | None:
    """None for somebody who has not been reckoned yet. Four queries, however much they did."""
    score = ContactScore.objects.filter(contact=contact_id).first()
    if score is None:
        return None
    now = now or timezone.now()
    shares = sorted(_shares(contact_id, now), key=lambda share: share.points, reverse=True)
    others = shares[_SHOWN:]
    return Explanation(score, shares[:_SHOWN], len(others), sum(share.points for share in others))


def _shares(contact_id: int, now: datetime) -> list[Share]:
    since = now - LOOKS_BACK
    deeds = {EventKind.OPENED: Deed.OPEN, EventKind.CLICKED: Deed.CLICK}
    found = [(deeds[kind], at) for kind, at in human_acts_of(ids_of(contact_id), since=since, most=_MOST)]
    names = [name for known in NAMES.values() for name in known]
    activities = ContactActivity.objects.filter(contact=contact_id, name__in=names, occurred_at__range=(since, now))
    for name, at in activities.order_by("-occurred_at").values_list("name", "occurred_at")[:_MOST]:
        if deed := deed_of(name):
            found.append((deed, at))
    return [Share(deed, at, points(deed, at, now)) for deed, at in found]
