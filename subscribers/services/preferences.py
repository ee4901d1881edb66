"""What a person sets in the preference center besides leaving: topics and how often, a pause, tracking, language."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from subscribers.errors import PauseRefused
from subscribers.models import Contact, Subscription
from subscribers.services.consent import lock_contact, record_consent
from subscribers.services.subscriptions import subscribe, unsubscribe
from subscribers.services.subscriptions.granting import TRACKING_FIELDS, set_tracking
from subscribers.types import Basis, ConsentAction, Frequency, Origin, Purpose

PAUSE = timedelta(days=30)
# A break of one's own choice is at most this long: who wants no mail for years wants to leave.
LONGEST_PAUSE = timedelta(days=366)


def change_topics(
    *,
    contact_id: int,
    join: Collection[int],
    leave: Collection[int],
    wording_id: int,
    origin: Origin,
    mailing_id: int | None = None,
) -> bool:
    """Join and leave lists in one step; True if anything changed. Raises ContactGone."""
    with transaction.atomic():
        lock_contact(contact_id)
        left = [
            unsubscribe(contact_id=contact_id, mailing_list_id=list_id, origin=origin, mailing_id=mailing_id)
            for list_id in sorted(leave)
        ]
        joined = [
            subscribe(
                contact_id=contact_id,
                mailing_list_id=list_id,
                basis=Basis.EXPRESS,
                wording_id=wording_id,
                origin=origin,
            )
            for list_id in sorted(join)
        ]
        return any(left) or any(joined)


def change_frequencies(*, contact_id: int, choices: Mapping[int, Frequency], origin: Origin) -> bool:
    """Set how often the person wants each of these lists, by list id; True if anything changed. Raises ContactGone.

    A list with which they have nothing to do is passed over: a frequency alone subscribes nobody.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        now = timezone.now()
        changed = [
            standing
            for standing in Subscription.objects.filter(contact=contact, mailing_list__in=choices).order_by("pk")
            if standing.frequency != choices[standing.mailing_list_id]
        ]
        for standing in changed:
            standing.frequency = choices[standing.mailing_list_id]
            standing.save(update_fields=["frequency"])
            record_consent(
                contact=contact,
                purpose=Purpose.FREQUENCY,
                action=ConsentAction.CHOSEN,
                detail=standing.frequency,
                origin=origin,
                mailing_list_id=standing.mailing_list_id,
                occurred_at=now,
            )
        return bool(changed)


def change_tracking(
    *, contact_id: int, choices: Mapping[Purpose, bool], wordings: Mapping[Purpose, int], origin: Origin
) -> bool:
    """Allow or forbid open and click tracking; True if anything changed. Holds for mail already sent, too."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        now = timezone.now()
        changed = [
            (purpose, allowed)
            for purpose, allowed in choices.items()
            if getattr(contact, TRACKING_FIELDS[purpose]) != allowed
        ]
        for purpose, allowed in changed:
            set_tracking(
                contact=contact,
                purpose=purpose,
                allowed=allowed,
                basis=Basis.EXPRESS,
                wording_id=wordings[purpose],
                origin=origin,
                now=now,
            )
        return bool(changed)


def change_language(*, contact_id: int, language: str, origin: Origin) -> bool:
    """Write to the person in this language from now on; False if that is so already. Raises ContactGone."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        if contact.locale == language:
            return False
        record_consent(
            contact=contact,
            purpose=Purpose.LANGUAGE,
            action=ConsentAction.CHOSEN,
            detail=language,
            origin=origin,
        )
        contact.locale = language
        contact.save(update_fields=["locale", "updated_at"])
        return True


def pause(*, contact_id: int, origin: Origin, until: datetime | None = None) -> datetime:
    """Hold all marketing mail until then, or for 30 days, and return until when. Raises PauseRefused, ContactGone.

    A call without a time does not prolong a running pause; one with a time moves its end.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        now = timezone.now()
        running = contact.paused_until if contact.paused_until and contact.paused_until > now else None
        if running and until in (None, running):
            return running
        until = until or now + PAUSE
        if not now < until <= now + LONGEST_PAUSE:
            raise PauseRefused
        _set_pause(contact, ConsentAction.PAUSED, until, origin, now)
        return until


def resume(*, contact_id: int, origin: Origin) -> bool:
    """End a pause; False if there was none."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        now = timezone.now()
        if contact.paused_until is None or contact.paused_until <= now:
            return False
        _set_pause(contact, ConsentAction.RESUMED, None, origin, now)
        return True


def _set_pause(contact: Contact, action: ConsentAction, until: datetime | None, origin: Origin, now: datetime) -> None:
    record_consent(
        contact=contact,
        purpose=Purpose.MARKETING,
        action=action,
        origin=origin,
        occurred_at=now,
        expires_at=until,
    )
    contact.paused_until = until
    contact.save(update_fields=["paused_until", "updated_at"])
