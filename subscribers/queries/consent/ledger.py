"""Reads a person's last word from the consent ledger."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from subscribers.models import ConsentRecord
from subscribers.queries.people import ids_of
from subscribers.types import ConsentAction, Purpose

# How long the page offers to take "unsubscribe from everything" back.
UNDO_WINDOW = timedelta(hours=1)
# A voided permission answers too: it is neither a yes nor a no.
_ANSWERS = (ConsentAction.GRANTED, ConsentAction.WITHDRAWN, ConsentAction.VOIDED)


def entries(contact_id: int, purpose: Purpose, mailing_list_id: int | None = None) -> QuerySet[ConsentRecord]:
    """What one person said on one matter, oldest first. The key tells the order: entries of one click share a time."""
    return said_by(contact_id).filter(purpose=purpose, mailing_list_id=mailing_list_id).order_by("pk")


def said_by(contact_id: int) -> QuerySet[ConsentRecord]:
    """All that a person ever said. An entry stays with the contact who said it: a merge adds theirs to the other's."""
    return ConsentRecord.objects.filter(contact__in=ids_of(contact_id))


def waits_for_answer(request: ConsentRecord) -> bool:
    """Whether the last word on what this request asks is still a question to the person."""
    same = entries(request.contact_id, Purpose(request.purpose), request.mailing_list_id)
    last = same.last()
    return last is not None and last.action == ConsentAction.REQUESTED


def last_answer_before(withdrawal: ConsentRecord) -> ConsentRecord | None:
    """What the person had said of this list before they withdrew it."""
    same = entries(withdrawal.contact_id, Purpose.SUBSCRIPTION, withdrawal.mailing_list_id)
    return same.filter(pk__lt=withdrawal.pk, action__in=_ANSWERS).last()


def last_request_before(withdrawal: ConsentRecord) -> ConsentRecord | None:
    """What the person had been asked to confirm before they withdrew it."""
    same = entries(withdrawal.contact_id, Purpose.SUBSCRIPTION, withdrawal.mailing_list_id)
    return same.filter(pk__lt=withdrawal.pk, action=ConsentAction.REQUESTED).last()


def last_general_answer(contact_id: int) -> ConsentRecord | None:
    """The last yes or no to marketing mail as a whole, if there ever was one."""
    return entries(contact_id, Purpose.MARKETING).filter(action__in=_ANSWERS).last()


def departure_to_undo(contact_id: int, now: datetime) -> ConsentRecord | None:
    """The "unsubscribe from everything" that this person may still take back."""
    last = last_general_answer(contact_id)
    if last is None or last.action != ConsentAction.WITHDRAWN or last.occurred_at < now - UNDO_WINDOW:
        return None
    return last


def latest_request(contact_id: int, form_id: int) -> list[ConsentRecord]:
    """All that the person asked for when they last used this form, tracking included; entries of one press."""
    said = said_by(contact_id)
    on_form = said.filter(
        purpose=Purpose.SUBSCRIPTION,
        action=ConsentAction.REQUESTED,
        mailing_list__forms=form_id,
    )
    last = on_form.order_by("pk").last()
    if last is None:
        return []
    same_press = said.filter(action=ConsentAction.REQUESTED, occurred_at=last.occurred_at)
    return list(same_press.select_related("mailing_list").order_by("pk"))
