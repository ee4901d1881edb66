"""Writes the consent ledger: who said what, to which words, where and when."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from subscribers.errors import ContactGone
from subscribers.models import ConsentRecord, ConsentWording, Contact
from subscribers.types import Basis, ConsentAction, Origin, Purpose


def lock_contact(contact_id: int) -> Contact:
    """The contact, with whom nothing else may happen until the open transaction ends. Raises ContactGone.

    Every change of permission takes this lock first: a double click, two devices and a mail client's one-click
    POST then act one after the other, each seeing what the last one did. Whoever was merged is the one who stayed: a
    link in an old mail acts on them.
    """
    contact = _locked(contact_id)
    # Only a row that is locked is sure of whom it was merged into; the one who stayed may be merged meanwhile.
    while contact.merged_into_id:
        contact = _locked(contact.merged_into_id)
    return contact


def _locked(contact_id: int) -> Contact:
    contact = Contact.with_merged.select_for_update(no_key=True).filter(pk=contact_id).first()
    if contact is None:
        raise ContactGone
    return contact


def record_consent(
    *,
    contact: Contact,
    purpose: Purpose,
    action: ConsentAction,
    origin: Origin,
    mailing_list_id: int | None = None,
    basis: Basis | None = None,
    wording_id: int | None = None,
    occurred_at: datetime | None = None,
    expires_at: datetime | None = None,
    detail: str = "",
) -> ConsentRecord:
    """Append one entry. Where the origin names no jurisdiction, the country that the person declared stands in."""
    return ConsentRecord.objects.create(
        contact=contact,
        mailing_list_id=mailing_list_id,
        purpose=purpose,
        action=action,
        detail=detail,
        basis=basis or "",
        wording_id=wording_id,
        source=origin.source[:500],
        actor=origin.actor[:200],
        ip=origin.ip,
        user_agent=origin.user_agent[:500],
        jurisdiction=origin.jurisdiction or contact.country,
        occurred_at=occurred_at or timezone.now(),
        expires_at=expires_at,
    )


def publish_wording(*, name: str, text: str, locale: str) -> ConsentWording:
    """The version that holds exactly this text: the latest one if it does, else a new one. Never edits."""
    latest = _latest_wording(name, locale)
    if latest and latest.text == text:
        return latest
    with transaction.atomic(), connection.cursor() as cursor:
        # Two requests that meet a changed text at once must not both number it; there may be no row to lock yet.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"wording {name} {locale}"])
        latest = _latest_wording(name, locale)
        if latest and latest.text == text:
            return latest
        version = latest.version + 1 if latest else 1
        return ConsentWording.objects.create(name=name, locale=locale, version=version, text=text)


def _latest_wording(name: str, locale: str) -> ConsentWording | None:
    return ConsentWording.objects.filter(name=name, locale=locale).order_by("-version").first()
