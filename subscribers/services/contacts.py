"""Adds one person by hand, and corrects what is known of one. Permission comes only from a statement of consent."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from deliverability.queries.suppressions import live_suppressions
from deliverability.services.suppression_policy import hold_by_policy
from deliverability.types import StreamKind
from subscribers.errors import AddressDoubted, ContactRefused, ContactRestricted
from subscribers.models import Contact, ContactChange, CustomField, MailingList, Subscription
from subscribers.queries.consent.ledger import last_general_answer
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.expiry import expiry_of
from subscribers.rules.imports.field_values import reader_of, typed_text
from subscribers.rules.imports.statements import why_refused
from subscribers.rules.imports.words import CellRefused
from subscribers.rules.known_values import OWN
from subscribers.rules.policies import Handling, Verdict, judge_by_policy
from subscribers.services.consent import lock_contact
from subscribers.services.newcomers import find_or_add
from subscribers.services.policies import hold_by_verdict
from subscribers.services.subscriptions.granting import grant_list
from subscribers.types import Basis, ConsentAction, Origin, SubscriptionState


def add_contact(
    *,
    actor: Actor,
    email: str,
    mailing_list_id: int,
    basis: Basis,
    consent_source: str,
    first_name: str = "",
    last_name: str = "",
    country: str = "",
    is_meant: bool = False,
) -> Contact:
    """Add a person, or subscribe one we know, on the ground of a statement of how they agreed.

    Whoever left or is suppressed is never brought back this way. An address that looks like a slip is refused until
    `is_meant`; what else the policy refuses, it refuses here as on the sign-up page. Raises AddressDoubted,
    ContactRefused, PermissionRefused.
    """
    require(actor, "subscribers.edit")
    if refusal := why_refused(consent_source):
        raise ContactRefused(refusal)
    verdict = _judge(email.strip(), is_meant)
    mailing_list = MailingList.objects.filter(pk=mailing_list_id).first()
    if mailing_list is None:
        raise ContactRefused("This list does not exist any more. Choose another one.")
    # On its own, so that it stays on record when the person is refused for it.
    hold_by_policy([verdict.address])
    hold_by_verdict(verdict)
    newcomer = Contact(
        email=verdict.address, first_name=first_name.strip(), last_name=last_name.strip(), country=country
    )
    with transaction.atomic():
        contact = lock_contact(find_or_add(newcomer))
        if why := permission_policy().why_not(basis, contact.country or country):
            raise ContactRefused(f"{why} Nobody was added. Send them the link to your sign-up page.")
        _refuse_returns(contact, mailing_list)
        now = timezone.now()
        grant_list(
            contact=contact,
            mailing_list_id=mailing_list.pk,
            basis=basis,
            wording_id=None,
            origin=Origin(source=f"Added by hand: {consent_source.strip()}", actor=str(actor)),
            now=now,
            expires_at=expiry_of(basis, now),
        )
        return contact


def change_contact(*, actor: Actor, contact_id: int, values: Mapping[str, str], custom: Mapping[str, str]) -> Contact:
    """Correct names, language, time zone, country and custom fields; an empty custom value takes the field away.

    The address stays: permission was given for it and no other. Raises ContactGone, ContactRefused,
    PermissionRefused.
    """
    require(actor, "subscribers.edit")
    with transaction.atomic():
        contact = lock_contact(contact_id)
        if contact.restricted_at:
            raise ContactRestricted
        read = _read_custom(custom, contact.attributes)
        before = _known(contact)
        for name in ("first_name", "last_name", "locale", "time_zone", "country"):
            if name in values:
                setattr(contact, name, values[name].strip())
        kept = {key: value for key, value in contact.attributes.items() if key not in custom}
        contact.attributes = {**kept, **read}
        contact.save(
            update_fields=["first_name", "last_name", "locale", "time_zone", "country", "attributes", "updated_at"]
        )
        after = _known(contact)
        if parts := sorted(name for name in {*before, *after} if before.get(name) != after.get(name)):
            ContactChange.objects.create(contact=contact, changed_by=str(actor)[:200], parts=parts)
        return contact


def _known(contact: Contact) -> dict[str, Any]:
    return {**contact.attributes, **{name: getattr(contact, name) for name in OWN}}


def _read_custom(custom: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """A value that stays as it was is not read again: it may be an option that has retired since."""
    fields = {field.key: field for field in CustomField.offered.filter(key__in=list(custom))}
    read: dict[str, Any] = {}
    for key, text in custom.items():
        if key not in fields or not text.strip():
            continue
        if text.strip() == typed_text(known.get(key)).strip():
            read[key] = known[key]
            continue
        try:
            read[key] = reader_of(fields[key].kind, fields[key].options)(text.strip())
        except CellRefused as refused:
            raise ContactRefused(f"{fields[key].label}: {refused} Nothing was changed.") from None
    return read


def _judge(text: str, is_meant: bool) -> Verdict:
    verdict = judge_by_policy(permission_policy(), text)
    if verdict.handling is Handling.REFUSE:
        advice = f" Did you mean {verdict.judgement.suggestion}?" if verdict.judgement.suggestion else ""
        raise ContactRefused(f"{verdict.reason}{advice} Nobody was added.")
    if verdict.judgement.suggestion and not is_meant:
        raise AddressDoubted(
            f"{verdict.reason} Did you mean {verdict.judgement.suggestion}? Correct it, or add it once more if it is "
            "right. Nobody was added yet."
        )
    return verdict


def _refuse_returns(contact: Contact, mailing_list: MailingList) -> None:
    if contact.restricted_at:
        raise ContactRestricted
    last = last_general_answer(contact.pk)
    standing = Subscription.objects.filter(contact=contact, mailing_list=mailing_list).first()
    if standing and standing.state == SubscriptionState.SUBSCRIBED and _holds(standing):
        raise ContactRefused(f"{contact.email} is subscribed to “{mailing_list.name}” already. Nothing was changed.")
    if (last and last.action == ConsentAction.WITHDRAWN) or (
        standing and standing.state == SubscriptionState.UNSUBSCRIBED
    ):
        raise ContactRefused(
            f"{contact.email} has unsubscribed, so nobody but they can come back. Send them the link to your sign-up "
            "page. Nothing was changed."
        )
    live = live_suppressions(StreamKind.MARKETING, topic_id=mailing_list.pk)
    if live.filter(address_key=contact.address_key).exists():
        raise ContactRefused(
            f"{contact.email} is suppressed: it bounced, complained, was erased, or was taken out by the team or its "
            "policy. See why under Suppressions. Nothing was changed."
        )


def _holds(standing: Subscription) -> bool:
    expires_at = standing.consent_expires_at
    return standing.consent_id is not None and (expires_at is None or expires_at > timezone.now())
