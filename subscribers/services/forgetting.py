"""Forgets sign-ups that nobody ever confirmed: data minimisation, GDPR Art. 5 (1) (c) and (e)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from subscribers.errors import ContactGone
from subscribers.models import ConsentRecord, Contact, ContactActivity, PendingSignUp, Subscription
from subscribers.queries.consent.ledger import latest_request, waits_for_answer
from subscribers.queries.consent.policies import permission_policy
from subscribers.queries.people import other_addresses
from subscribers.services.consent import lock_contact
from subscribers.services.ledger import erase_entries
from subscribers.types import ConsentAction, SubscriptionState

_WHY = "Nobody confirmed the sign-up in time."


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many sign-ups were given up, and how many people were dropped with them, since nothing else is known of
    them."""

    sign_ups: int = 0
    contacts: int = 0


def forget_unconfirmed(*, now: datetime | None = None, most: int = 1000, dry_run: bool = False) -> Forgotten:
    """Give up what waits longer than the policy lets it; each in a transaction of its own. With `dry_run` only counts
    the sign-ups that are due. Safe to run twice."""
    now = now or timezone.now()
    before = now - permission_policy().unconfirmed_for
    due = PendingSignUp.objects.filter(requested_at__lte=before).order_by("requested_at")
    if dry_run:
        return Forgotten(sign_ups=due.count())
    sign_ups = contacts = 0
    for key, contact_id in list(due.values_list("pk", "contact_id")[:most]):
        try:
            contacts += _forget(key, contact_id, before)
        except ContactGone:
            continue
        sign_ups += 1
    return Forgotten(sign_ups, contacts)


@transaction.atomic
def _forget(key: int, contact_id: int, before: datetime) -> bool:
    """Whether the person was dropped too."""
    contact = lock_contact(contact_id)
    row = PendingSignUp.objects.filter(pk=key, requested_at__lte=before).first()
    if row is None:
        return False
    asked = {entry.mailing_list_id for entry in latest_request(contact_id, row.form_id) if waits_for_answer(entry)}
    others = PendingSignUp.objects.filter(contact=contact, requested_at__gt=before)
    Subscription.objects.filter(contact=contact, mailing_list__in=asked, state=SubscriptionState.PENDING).exclude(
        mailing_list__forms__in=others.values("form")
    ).delete()
    row.delete()
    if not _is_only_a_sign_up(contact):
        return False
    erase_entries(contact_id=contact.pk, actor="Sendwell", reason=_WHY)
    contact.delete()
    return True


def _is_only_a_sign_up(contact: Contact) -> bool:
    """Came by a sign-up page, never said anything else, and never did anything."""
    said = ConsentRecord.objects.filter(contact=contact).order_by("pk")
    first = said.first()
    return (
        first is not None
        and contact.created_at >= first.occurred_at - timedelta(minutes=1)
        and not other_addresses(contact.pk)
        and not said.exclude(action=ConsentAction.REQUESTED).exists()
        and not Subscription.objects.filter(contact=contact).exists()
        and not PendingSignUp.objects.filter(contact=contact).exists()
        and not ContactActivity.objects.filter(contact=contact).exists()
    )
