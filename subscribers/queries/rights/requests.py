"""Privacy requests: those that wait, the most urgent first, and those that were answered, the newest first."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from subscribers.models import ConsentRecord, PrivacyRequest
from subscribers.queries.consent.ledger import said_by
from subscribers.types import RequestState

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class RequestPage:
    """`older` is the id to go on from, 0 at the end."""

    rows: list[PrivacyRequest]
    older: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for an answer, and how many of them for longer than the law allows."""

    open: int
    overdue: int


def waiting_requests() -> list[PrivacyRequest]:
    """A team answers a few a week; of more than 500, the most urgent."""
    return list(_with_contact().filter(state=RequestState.OPEN).order_by("due_at", "pk")[:500])


def answered_requests(*, below: int = 0) -> RequestPage:
    found = _with_contact().exclude(state=RequestState.OPEN).order_by("-pk")
    rows = list((found.filter(pk__lt=below) if below else found)[: ON_A_PAGE + 1])
    return RequestPage(rows[:ON_A_PAGE], rows[ON_A_PAGE - 1].pk if len(rows) > ON_A_PAGE else 0)


def count_waiting() -> Waiting:
    waits = PrivacyRequest.objects.filter(state=RequestState.OPEN)
    return Waiting(waits.count(), waits.filter(due_at__lt=timezone.now()).count())


def one_request(request_id: int) -> PrivacyRequest | None:
    return _with_contact().filter(pk=request_id).first()


def privacy_signal_of(contact_id: int) -> ConsentRecord | None:
    """When this person's browser last said that they are not to be tracked (Global Privacy Control), and we obeyed."""
    return said_by(contact_id).filter(source__contains="Global Privacy Control").order_by("-pk").first()


def _with_contact() -> QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.select_related("contact")
