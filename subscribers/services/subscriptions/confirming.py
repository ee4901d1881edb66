"""The second half of double opt-in, and the yes of a person who is at home on their own page."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from subscribers.models import ConsentRecord, Contact, MailingList, Subscription
from subscribers.queries.consent.ledger import said_by, waits_for_answer
from subscribers.services.consent import lock_contact
from subscribers.services.subscriptions.granting import grant_list, lift_general_withdrawal, set_tracking
from subscribers.types import Basis, ConsentAction, Origin, Purpose, SubscriptionState


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What one press of the confirm button led to.

    `lists` are those of the request to which the person is subscribed now, `is_new` says whether this press did it.
    Empty lists mean that the person left after asking: an old link then brings nobody back.
    """

    lists: list[MailingList] = field(default_factory=list)
    is_new: bool = False


def confirm_subscription(*, contact_id: int, request_ids: Collection[int], origin: Origin) -> Confirmation:
    """Grant what these ledger entries asked for, unless they have been answered since. Raises ContactGone."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        asked = said_by(contact.pk).filter(pk__in=request_ids, action=ConsentAction.REQUESTED)
        requests = list(asked.order_by("pk"))
        waiting = [request for request in requests if waits_for_answer(request)]
        is_new = any(request.mailing_list_id for request in waiting)
        if is_new:
            now = timezone.now()
            for request in waiting:
                _grant(contact, request, origin, now)
            granted = [request.mailing_list_id for request in waiting if request.mailing_list_id]
            lift_general_withdrawal(contact=contact, origin=origin, now=now, mailing_list_ids=granted)
        return Confirmation(lists=_subscribed_lists(contact, requests), is_new=is_new)


def subscribe(*, contact_id: int, mailing_list_id: int, basis: Basis, wording_id: int, origin: Origin) -> bool:
    """Subscribe a person who says so from a place only they can reach. False if they were. Raises ContactGone."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        subscribed = Subscription.objects.filter(
            contact=contact, mailing_list_id=mailing_list_id, state=SubscriptionState.SUBSCRIBED, consent__isnull=False
        )
        if subscribed.exists():
            return False
        now = timezone.now()
        grant_list(
            contact=contact,
            mailing_list_id=mailing_list_id,
            basis=basis,
            wording_id=wording_id,
            origin=origin,
            now=now,
        )
        lift_general_withdrawal(contact=contact, origin=origin, now=now, mailing_list_ids=[mailing_list_id])
        return True


def _grant(contact: Contact, request: ConsentRecord, origin: Origin, now: datetime) -> None:
    if request.mailing_list_id:
        grant_list(
            contact=contact,
            mailing_list_id=request.mailing_list_id,
            basis=Basis.DOUBLE_OPT_IN,
            wording_id=request.wording_id,
            origin=origin,
            now=now,
        )
    else:
        set_tracking(
            contact=contact,
            purpose=Purpose(request.purpose),
            allowed=True,
            basis=Basis.DOUBLE_OPT_IN,
            wording_id=request.wording_id,
            origin=origin,
            now=now,
        )


def _subscribed_lists(contact: Contact, requests: Collection[ConsentRecord]) -> list[MailingList]:
    asked = [request.mailing_list_id for request in requests if request.mailing_list_id]
    return list(
        MailingList.objects.filter(
            pk__in=asked, subscriptions__contact=contact, subscriptions__state=SubscriptionState.SUBSCRIBED
        ).order_by("name")
    )
