"""The first half of double opt-in: somebody typed an address, and nothing may be sent to it yet but one question."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from deliverability.services.suppression_policy import hold_by_policy
from subscribers.models import ConsentRecord, Contact, Subscription
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.policies import judge_by_policy
from subscribers.services.consent import lock_contact, record_consent
from subscribers.services.newcomers import find_or_add
from subscribers.services.policies import hold_by_verdict
from subscribers.types import ConsentAction, Origin, Purpose, SubscriptionState

# Within this time a second press of the button, or a neighbour's mischief, sends no second mail.
QUIET = timedelta(minutes=1)
# And nobody's mailbox is flooded by a stranger who keeps pressing it.
MOST_PER_HOUR, MOST_PER_DAY = 5, 8


@dataclass(frozen=True, slots=True)
class Requested:
    """Who asked; `is_repeat` means that they were asked just now or too often, so that no further mail goes out."""

    contact_id: int
    is_repeat: bool


def request_subscription(
    *,
    email: str,
    mailing_list_ids: Collection[int],
    wording_id: int,
    origin: Origin,
    first_name: str = "",
    locale: str = "",
    tracking: Mapping[Purpose, int] | None = None,
) -> Requested:
    """Record that somebody asked for these lists, to be confirmed from the mailbox itself.

    `tracking` maps the tracking purposes they agreed to onto the wording of each. Someone who is subscribed already
    stays so. A name is kept only for a person we did not know: a form that anybody can fill in renames nobody.
    """
    with transaction.atomic():
        contact = lock_contact(find_or_add(Contact(email=email, first_name=first_name, locale=locale)))
        hold_by_policy([contact.email])
        hold_by_verdict(judge_by_policy(permission_policy(), contact.email))
        now = timezone.now()
        if _is_repeat(contact, set(mailing_list_ids), now):
            return Requested(contact.pk, is_repeat=True)
        for mailing_list_id in sorted(set(mailing_list_ids)):
            _request_list(contact, mailing_list_id, wording_id, origin, now)
        for purpose, tracking_wording_id in (tracking or {}).items():
            record_consent(
                contact=contact,
                purpose=purpose,
                action=ConsentAction.REQUESTED,
                origin=origin,
                wording_id=tracking_wording_id,
                occurred_at=now,
            )
        return Requested(contact.pk, is_repeat=False)


def _is_repeat(contact: Contact, mailing_list_ids: set[int], now: datetime) -> bool:
    asked = ConsentRecord.objects.filter(
        contact=contact,
        purpose=Purpose.SUBSCRIPTION,
        action=ConsentAction.REQUESTED,
        occurred_at__gt=now - timedelta(days=1),
    )
    presses = set(asked.values_list("occurred_at", flat=True).distinct())
    within_hour = [moment for moment in presses if moment > now - timedelta(hours=1)]
    lately = asked.filter(occurred_at__gt=now - QUIET).values_list("mailing_list_id", flat=True)
    is_flood = len(within_hour) >= MOST_PER_HOUR or len(presses) >= MOST_PER_DAY
    return is_flood or mailing_list_ids <= set(lately)


def _request_list(contact: Contact, mailing_list_id: int, wording_id: int, origin: Origin, now: datetime) -> None:
    record_consent(
        contact=contact,
        purpose=Purpose.SUBSCRIPTION,
        action=ConsentAction.REQUESTED,
        origin=origin,
        mailing_list_id=mailing_list_id,
        wording_id=wording_id,
        occurred_at=now,
    )
    subscription, is_new = Subscription.objects.get_or_create(
        contact=contact,
        mailing_list_id=mailing_list_id,
        defaults={"state": SubscriptionState.PENDING, "changed_at": now},
    )
    if not is_new and subscription.state == SubscriptionState.UNSUBSCRIBED:
        subscription.state, subscription.changed_at = SubscriptionState.PENDING, now
        subscription.save(update_fields=["state", "changed_at"])
