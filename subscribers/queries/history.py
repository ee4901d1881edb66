"""A person's history: what they said and what was mailed to them, woven into one, newest first."""

from dataclasses import dataclass
from datetime import datetime

from deliverability.queries.recipient_events import RecipientEvent, events_of_recipient
from subscribers.models import ConsentRecord
from subscribers.queries.profile import consent_log

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """Exactly one of both is there."""

    at: datetime
    event: RecipientEvent | None = None
    said: ConsentRecord | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`older` is the moment to go on below, None at the end."""

    moments: list[Moment]
    older: datetime | None


def history_of(contact_id: int, *, below: datetime | None = None) -> HistoryPage:
    """Pages by moment: one press can write several entries at once, and a page never ends between them."""
    place = (below, 0) if below else None
    events = events_of_recipient(contact_id, below=place, most=ON_A_PAGE + 1)
    said = consent_log(contact_id, below=place, most=ON_A_PAGE + 1)
    moments = [Moment(event.at, event=event) for event in events]
    moments += [Moment(entry.occurred_at, said=entry) for entry in said]
    moments.sort(key=lambda moment: moment.at, reverse=True)
    if len(moments) <= ON_A_PAGE:
        return HistoryPage(moments, None)
    cut = moments[ON_A_PAGE].at
    page = [moment for moment in moments[:ON_A_PAGE] if moment.at > cut] or moments[:ON_A_PAGE]
    return HistoryPage(page, page[-1].at)
