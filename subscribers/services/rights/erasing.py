"""Erases a person from every table (GDPR Art. 17): what stays leads to nobody, and keeps their last no in force."""

from django.db import transaction

from accounts.services import audit
from accounts.services.permission import require
from accounts.services.redaction import redact, redacted
from accounts.types import Actor
from deliverability.services.forgetting import forget_address, forget_recipient
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import (
    Contact,
    ImportRun,
    PrivacyRequest,
    PrivacyStep,
    SavedView,
    Segment,
    SegmentDraft,
    Subscription,
)
from subscribers.queries.people import other_addresses
from subscribers.services.consent import lock_contact
from subscribers.services.imports import forget_in_imports
from subscribers.services.ledger import erase_entries
from subscribers.services.rights.acting import PRIVACY
from subscribers.services.rights.elsewhere import forget_elsewhere
from subscribers.services.rights.import_files import forget_in_files
from subscribers.services.rights.requests import close, open_request, standing_request
from subscribers.types import RequestKind, RequestState, SubscriptionState

# Sentences, searches and rules of the team in which somebody may be named.
_SPOKEN = (
    (ImportRun, ("error", "survey", "asked")),
    (SavedView, ("name", "query")),
    (Segment, ("name", "description", "rules")),
    (SegmentDraft, ("name", "description", "tree")),
    (PrivacyStep, ("text",)),
)


@transaction.atomic
def erase_contact(*, contact_id: int, actor: Actor, reason: str) -> PrivacyRequest:
    """Erase a person for good; returns the request that stands for it, opened here where nobody had asked before.

    Mail that waits for them is skipped, since its composer finds nobody. Their address stays as a keyed hash, under
    which marketing mail is refused until they sign up again themselves. Raises ContactGone, PermissionRefused.
    """
    require(actor, PRIVACY)
    contact = lock_contact(contact_id)
    # Those who were merged into them are other addresses of the same person.
    everybody = [*other_addresses(contact.pk), contact]
    for each in everybody:
        reason = redacted(reason, each.email)
    request = standing_request(contact, RequestKind.ERASURE) or open_request(
        contact_id=contact_id, kind=RequestKind.ERASURE, source=reason, actor=actor
    )
    close(request, actor, RequestState.FULFILLED, "Erased the person and all that we held of them.")
    PrivacyRequest.objects.filter(contact__in=everybody).update(
        address="", details="", erased_ids=[each.pk for each in everybody]
    )
    forget_person(contact_id=contact.pk, actor=actor, why=f"Privacy request {request.pk}: {reason}")
    audit.record(actor=actor, text=f"Erased a person: privacy request {request.pk}.")
    request.refresh_from_db()
    return request


@transaction.atomic
def forget_person(*, contact_id: int, actor: Actor, why: str) -> None:
    """The erasure itself, without a request. Raises ContactGone."""
    contact = lock_contact(contact_id)
    everybody = [*other_addresses(contact.pk), contact]
    for each in everybody:
        _keep_the_no(contact, each.email)
        _forget_words(each)
    Subscription.objects.filter(contact__in=everybody).delete()
    for each in everybody:
        _erase_record(each, actor, why)


def _erase_record(contact: Contact, actor: Actor, reason: str) -> None:
    erase_entries(contact_id=contact.pk, actor=str(actor), reason=reason)
    forget_recipient(contact.pk)
    contact.delete()


def _keep_the_no(contact: Contact, address: str) -> None:
    """Who asks to be erased wants no mail; and each list that they had left stays left, whatever is imported later."""
    left = Subscription.objects.filter(contact=contact, state=SubscriptionState.UNSUBSCRIBED)
    for mailing_list_id in left.values_list("mailing_list_id", flat=True):
        suppress(
            addresses=[address],
            scope=Scope.TOPIC,
            target=mailing_list_id,
            reason=SuppressionReason.UNSUBSCRIBE,
        )
    suppress(addresses=[address], scope=Scope.MARKETING, reason=SuppressionReason.ERASURE)


def _forget_words(contact: Contact) -> None:
    """Wherever the address may stand in words, rows of files included. From here on suppressions hold by hash alone."""
    forget_address(address=contact.email, recipient_id=contact.pk)
    audit.forget_address(contact.email)
    redact(_SPOKEN, contact.email)
    # An import that stopped here begins anew: what it has written it knows again. Another place would pass people over.
    ImportRun.objects.filter(position__iexact=contact.email).update(position="")
    forget_elsewhere(contact_id=contact.pk, address=contact.email)
    forget_in_files(contact.email)
    forget_in_imports(contact_id=contact.pk, address_key=bytes(contact.address_key))
