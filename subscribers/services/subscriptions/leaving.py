"""Every way out: one list or all of them. Leaving is final for every path that sends, at once."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliverability.queries.streams import mailing_brief
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.events import append_events
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, NewEvent, Scope, StreamKind, SuppressionReason
from subscribers.models import Contact, Subscription
from subscribers.queries.consent.ledger import last_general_answer
from subscribers.services.consent import lock_contact, record_consent
from subscribers.services.subscriptions.granting import record_general
from subscribers.types import ConsentAction, Origin, Purpose, SubscriptionState


@dataclass(frozen=True, slots=True)
class Departure:
    """A person who wants nothing more; `entry_id` names the ledger entry that an undo takes back."""

    entry_id: int
    is_new: bool


def unsubscribe(*, contact_id: int, mailing_list_id: int, origin: Origin, mailing_id: int | None = None) -> bool:
    """Take a person off one list; False if they were not on it. Raises ContactGone.

    `mailing_id` is the mailing whose link led here; it is told, so that its report counts the departure.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        now = timezone.now()
        standing = _standings(contact).filter(mailing_list_id=mailing_list_id).first()
        if standing is None:
            return False
        _withdraw(contact, standing, origin, now)
        _tell_mailing(contact, mailing_id, origin, now)
        return True


def unsubscribe_all(*, contact_id: int, origin: Origin, mailing_id: int | None = None) -> Departure:
    """Take a person off every list and suppress their address for marketing mail from any path. Raises ContactGone.

    A repeated call (a double click, a mail client that tries again) changes nothing and names the same entry.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        standings = list(_standings(contact).order_by("mailing_list_id"))
        last = last_general_answer(contact.pk)
        if last and last.action == ConsentAction.WITHDRAWN and not standings and _is_suppressed(contact):
            return Departure(last.pk, is_new=False)
        now = timezone.now()
        for standing in standings:
            _withdraw(contact, standing, origin, now)
        entry = record_general(contact=contact, action=ConsentAction.WITHDRAWN, origin=origin, now=now)
        suppress(
            addresses=[contact.email],
            scope=Scope.MARKETING,
            reason=SuppressionReason.UNSUBSCRIBE,
            added_by=origin.actor,
            evidence=f"Consent ledger, entry {entry.pk}: {origin.source}",
        )
        _tell_mailing(contact, mailing_id, origin, now)
        return Departure(entry.pk, is_new=True)


def _standings(contact: Contact) -> QuerySet[Subscription]:
    return Subscription.objects.filter(contact=contact).exclude(state=SubscriptionState.UNSUBSCRIBED)


def _is_suppressed(contact: Contact) -> bool:
    return bool(suppressed_keys(StreamKind.MARKETING, [bytes(contact.address_key)]))


def _withdraw(contact: Contact, standing: Subscription, origin: Origin, now: datetime) -> None:
    record_consent(
        contact=contact,
        purpose=Purpose.SUBSCRIPTION,
        action=ConsentAction.WITHDRAWN,
        origin=origin,
        mailing_list_id=standing.mailing_list_id,
        occurred_at=now,
    )
    standing.state, standing.consent, standing.consent_expires_at = SubscriptionState.UNSUBSCRIBED, None, None
    standing.changed_at = now
    standing.save(update_fields=["state", "consent", "consent_expires_at", "changed_at"])


def _tell_mailing(contact: Contact, mailing_id: int | None, origin: Origin, now: datetime) -> None:
    if mailing_id is None or not _exists(mailing_id):
        return
    event = NewEvent(
        occurred_at=now,
        kind=EventKind.UNSUBSCRIBED,
        mailing_id=mailing_id,
        recipient_id=contact.pk,
        mailbox_provider=contact.mailbox_provider,
        agent=origin.user_agent or None,
        ip=origin.ip,
    )
    append_events([event])


def _exists(mailing_id: int) -> bool:
    """Links outlive mailings: a deleted one must not stand in the way of leaving."""
    try:
        mailing_brief(mailing_id)
    except ObjectDoesNotExist:
        return False
    return True
