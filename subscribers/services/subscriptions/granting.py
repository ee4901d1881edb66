"""What every yes does, whoever says it where: an entry in the ledger and the standing that follows from it."""

from collections.abc import Collection
from datetime import datetime

from deliverability.services.suppression import lift, suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason
from subscribers.models import ConsentRecord, Contact, MailingList, Subscription
from subscribers.queries.consent.ledger import last_general_answer
from subscribers.queries.people import other_addresses
from subscribers.services.consent import record_consent
from subscribers.services.sunset.returning import welcome_back_to_list
from subscribers.types import Basis, ConsentAction, Origin, Purpose, SubscriptionState

TRACKING_FIELDS = {Purpose.OPEN_TRACKING: "tracks_opens", Purpose.CLICK_TRACKING: "tracks_clicks"}


def grant_list(
    *,
    contact: Contact,
    mailing_list_id: int,
    basis: Basis,
    wording_id: int | None,
    origin: Origin,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Subscribe the locked contact, with the ledger entry that allows it."""
    entry = record_consent(
        contact=contact,
        purpose=Purpose.SUBSCRIPTION,
        action=ConsentAction.GRANTED,
        origin=origin,
        mailing_list_id=mailing_list_id,
        basis=basis,
        wording_id=wording_id,
        occurred_at=now,
        expires_at=expires_at,
    )
    Subscription.objects.update_or_create(
        contact=contact,
        mailing_list_id=mailing_list_id,
        defaults={
            "state": SubscriptionState.SUBSCRIBED,
            "consent": entry,
            "consent_expires_at": expires_at,
            "changed_at": now,
        },
    )
    welcome_back_to_list(contact=contact, mailing_list_id=mailing_list_id)


def set_tracking(
    *,
    contact: Contact,
    purpose: Purpose,
    allowed: bool,
    basis: Basis | None,
    wording_id: int | None,
    origin: Origin,
    now: datetime,
) -> None:
    """Allow or forbid one kind of tracking of the locked contact; the columns hold what pixels and links obey."""
    record_consent(
        contact=contact,
        purpose=purpose,
        action=ConsentAction.GRANTED if allowed else ConsentAction.WITHDRAWN,
        origin=origin,
        basis=basis if allowed else None,
        wording_id=wording_id,
        occurred_at=now,
    )
    setattr(contact, TRACKING_FIELDS[purpose], allowed)
    contact.save(update_fields=[TRACKING_FIELDS[purpose], "updated_at"])


def lift_general_withdrawal(
    *, contact: Contact, origin: Origin, now: datetime, mailing_list_ids: Collection[int] = ()
) -> None:
    """A yes ends the person's own "nothing from you"; never what a bounce, a complaint or the team put there.

    So it does with what an erasure left behind: that they had gone, and that they had left these lists before. It
    ends what was said at any address of theirs.
    """
    addresses = [contact.email, *(other.email for other in other_addresses(contact.pk))]
    left = [_lift_own_words(address, origin, mailing_list_ids) for address in addresses]
    last = last_general_answer(contact.pk)
    if last and last.action == ConsentAction.WITHDRAWN:
        record_general(contact=contact, action=ConsentAction.GRANTED, origin=origin, now=now)
        left.append(True)
    if any(left):
        _keep_other_lists_left(contact, mailing_list_ids)


def _lift_own_words(address: str, origin: Origin, mailing_list_ids: Collection[int]) -> bool:
    """Whether they had left everything at this address."""
    why = f"They said yes again: {origin.source}"
    had_left = [
        lift(address=address, scope=Scope.MARKETING, reason=reason, by=origin.actor, why=why)
        for reason in (SuppressionReason.UNSUBSCRIBE, SuppressionReason.ERASURE)
    ]
    for mailing_list_id in mailing_list_ids:
        lift(
            address=address,
            scope=Scope.TOPIC,
            target=mailing_list_id,
            reason=SuppressionReason.UNSUBSCRIBE,
            by=origin.actor,
            why=why,
        )
    return any(had_left)


def _keep_other_lists_left(contact: Contact, mailing_list_ids: Collection[int]) -> None:
    """Whoever left everything and comes back to one list said nothing new of the others: no file may bring them there.

    Those on which they stood were withdrawn one by one; these they had never joined, or they went with an erasure.
    """
    subscribed = Subscription.objects.filter(contact=contact, state=SubscriptionState.SUBSCRIBED)
    others = MailingList.objects.exclude(
        pk__in=[*mailing_list_ids, *subscribed.values_list("mailing_list_id", flat=True)]
    )
    suppress_many(
        NewSuppression(
            contact.email,
            Scope.TOPIC,
            SuppressionReason.UNSUBSCRIBE,
            "They left everything, and came back to other lists only.",
            target=list_id,
        )
        for list_id in others.values_list("pk", flat=True)
    )


def record_general(*, contact: Contact, action: ConsentAction, origin: Origin, now: datetime) -> ConsentRecord:
    """An entry on marketing mail as a whole, of which lists are the parts."""
    return record_consent(
        contact=contact,
        purpose=Purpose.MARKETING,
        action=action,
        origin=origin,
        basis=Basis.EXPRESS if action == ConsentAction.GRANTED else None,
        occurred_at=now,
    )
