"""Turns a filled-in sign-up form into a request and the one mail that asks the mailbox's owner about it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from deliverability.queries.streams import stream_of_kind
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one
from deliverability.types import StreamKind
from subscribers.errors import NotSetUp
from subscribers.models import Contact
from subscribers.queries.consent.ledger import said_by
from subscribers.services.subscriptions import Confirmation, Requested, confirm_subscription, request_subscription
from subscribers.services.waiting import COMPOSER, await_answer, end_waiting
from subscribers.types import ConsentAction, Origin, Purpose


def sign_up(
    *,
    form_id: int,
    email: str,
    mailing_list_ids: Collection[int],
    wording_id: int,
    origin: Origin,
    first_name: str = "",
    locale: str = "",
    tracking: Mapping[Purpose, int] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Requested:
    """Record the request and put its confirmation mail into the outbox, both or neither. Raises NotSetUp.

    `values` are custom fields by key; they wait for the confirmation too.
    """
    with transaction.atomic():
        requested = request_subscription(
            email=email,
            mailing_list_ids=mailing_list_ids,
            wording_id=wording_id,
            origin=origin,
            first_name=first_name,
            locale=locale,
            tracking=tracking,
        )
        if not requested.is_repeat:
            await_answer(form_id=form_id, contact_id=requested.contact_id, values=values or {})
            _enqueue_confirmation(form_id, requested.contact_id)
        return requested


def confirm_sign_up(*, contact_id: int, form_id: int, request_ids: Collection[int], origin: Origin) -> Confirmation:
    """What the button of the confirmation mail does. Raises ContactGone."""
    with transaction.atomic():
        confirmed = confirm_subscription(contact_id=contact_id, request_ids=request_ids, origin=origin)
        if confirmed.is_new:
            end_waiting(form_id=form_id, contact=Contact.objects.get(pk=contact_id))
        return confirmed


def sign_up_again(*, form_id: int, contact_id: int, request_ids: Collection[int], origin: Origin) -> bool:
    """Ask anew what an expired link asked; False if nothing is left to ask. Raises NotSetUp."""
    asked = said_by(contact_id).filter(pk__in=request_ids, action=ConsentAction.REQUESTED)
    lists = [entry for entry in asked.select_related("contact") if entry.mailing_list_id and entry.wording_id]
    if not lists:
        return False
    sign_up(
        form_id=form_id,
        email=lists[0].contact.email,
        mailing_list_ids=[entry.mailing_list_id for entry in lists if entry.mailing_list_id],
        wording_id=lists[0].wording_id or 0,
        origin=origin,
        tracking={
            Purpose(entry.purpose): entry.wording_id
            for entry in asked
            if entry.mailing_list_id is None and entry.wording_id
        },
    )
    return True


def _enqueue_confirmation(form_id: int, contact_id: int) -> None:
    try:
        stream = stream_of_kind(StreamKind.TRANSACTIONAL)
    except ObjectDoesNotExist:
        raise NotSetUp from None
    mailing = open_mailing(stream_id=stream.pk, composer=COMPOSER, reference=str(form_id))
    contact = Contact.objects.get(pk=contact_id)
    enqueue_one(mailing_id=mailing.pk, recipient_id=contact_id, mailbox_provider=contact.mailbox_provider)
