"""Forgets privacy requests that were answered long ago, and what came in late about people who were erased."""

from datetime import datetime

from django.db.models import QuerySet

from deliverability.services.forgetting import forget_recipient
from subscribers.models import PrivacyRequest
from subscribers.types import RequestState


def old_requests(before: datetime) -> int:
    return _answered(before).count()


def forget_requests(before: datetime) -> int:
    gone = old_requests(before)
    _answered(before).delete()
    return gone


def erased_lately(before: datetime) -> int:
    return PrivacyRequest.objects.exclude(erased_ids=[]).count()


def forget_late_traces(before: datetime) -> int:
    """Returns how many events came in about erased people since the last time. After `before` their number goes too."""
    late = 0
    for request in PrivacyRequest.objects.exclude(erased_ids=[]):
        late += sum(forget_recipient(recipient_id) for recipient_id in request.erased_ids)
        if request.closed_at and request.closed_at < before:
            request.erased_ids = []
            request.save(update_fields=["erased_ids"])
    return late


def _answered(before: datetime) -> QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.filter(closed_at__lt=before).exclude(state=RequestState.OPEN)
