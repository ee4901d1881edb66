"""Signs and reads the links of the public pages; who holds one is the person, for what it names and no more."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from deliverability.queries import tokens
from subscribers.queries.people import kept_id

CONFIRM_WITHIN = timedelta(days=7)
# A visit begins on the confirmation page; the links in mails, which never expire, are the way back.
VISIT_WITHIN = timedelta(days=30)
# No person fills a form in faster; a page left open overnight may show yesterday's words.
SLOWER_THAN = timedelta(seconds=2)
WITHIN = timedelta(hours=12)
# What a person without JavaScript waits instead of a proof of work, and how long the page may then lie open.
PATIENCE = timedelta(seconds=10)
CHECK_WITHIN = timedelta(hours=1)
# "." is safe in a URL and occurs in no part; ":" is where some mail clients end a link.
_CONFIRMATIONS = signing.TimestampSigner(sep=".", salt="subscribers.confirmation")
# Long enough for whoever reads mail in the evening, too short for an archive that somebody else reads later.
ERRAND_WITHIN = timedelta(days=1)
# The owner of the old mailbox may be on holiday.
STOP_WITHIN = timedelta(days=30)
_ERRANDS = signing.TimestampSigner(sep=".", salt="subscribers.errand")
_STOPS = signing.TimestampSigner(sep=".", salt="subscribers.errand.stop")
_TICKETS = signing.TimestampSigner(sep=".", salt="subscribers.sign-up")
_CHECKS = signing.TimestampSigner(sep=".", salt="subscribers.sign-up.check")
_VISITS = signing.TimestampSigner(sep=".", salt="subscribers.visit")


@dataclass(frozen=True, slots=True)
class ConfirmationLink:
    """The requests that a confirmation mail asks about; an expired link may only ask for a new mail."""

    contact_id: int
    form_id: int
    request_ids: tuple[int, ...]
    is_expired: bool = False


@dataclass(frozen=True, slots=True)
class ErrandLink:
    """What a mailbox confirms, or with `stops` puts an end to: an entry of the ledger that asks for it."""

    contact_id: int
    entry_id: int
    stops: bool
    is_expired: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page a link opens, and the mailing that it came with, if any. A merged contact's link opens the page of the
    one who stayed."""

    contact_id: int
    mailing_id: int | None = None


@dataclass(frozen=True, slots=True)
class FormTicket:
    """Which form somebody was shown, with which words and in which language: what the ledger will say they saw.

    `site` is the origin of the page in which they began, where that is another one than ours.
    """

    form_id: int
    wording_id: int
    locale: str
    site: str = ""
    is_too_fast: bool = False
    is_too_old: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Whether so much time went by that no work is needed."""

    was_patient: bool


def sign_ticket(*, form_id: int, wording_id: int, locale: str, site: str = "") -> str:
    # No two pages bear the same ticket, so that one which was used can be told.
    return _TICKETS.sign_object([form_id, wording_id, locale, site, secrets.token_urlsafe(6)])


def read_ticket(token: str) -> FormTicket | None:
    """None for a ticket that we did not sign."""
    try:
        form_id, wording_id, locale, site, _ = _TICKETS.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return FormTicket(
        form_id,
        wording_id,
        locale,
        site,
        is_too_fast=not _is_older(_TICKETS, token, SLOWER_THAN),
        is_too_old=_is_older(_TICKETS, token, WITHIN),
    )


def sign_check(*, form_id: int, email: str) -> str:
    """For somebody who must show that they are no machine: by work, or by patience."""
    return _CHECKS.sign_object([form_id, email, secrets.token_urlsafe(6)])


def read_check(token: str, *, form_id: int, email: str) -> Check | None:
    """None for a token that we did not sign for this form and address within the last hour."""
    try:
        signed_form, signed_email, _ = _CHECKS.unsign_object(token, max_age=CHECK_WITHIN)
    except (signing.BadSignature, ValueError):
        return None
    if (signed_form, signed_email) != (form_id, email):
        return None
    return Check(was_patient=_is_older(_CHECKS, token, PATIENCE))


def sign_confirmation(*, contact_id: int, form_id: int, request_ids: list[int]) -> str:
    return _CONFIRMATIONS.sign_object([contact_id, form_id, *request_ids])


def read_confirmation(token: str) -> ConfirmationLink | None:
    """None for a token that we did not sign."""
    try:
        contact_id, form_id, *request_ids = _CONFIRMATIONS.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return ConfirmationLink(
        kept_id(contact_id), form_id, tuple(request_ids), is_expired=_is_older(_CONFIRMATIONS, token, CONFIRM_WITHIN)
    )


def sign_errand(*, contact_id: int, entry_id: int, stops: bool = False) -> str:
    return (_STOPS if stops else _ERRANDS).sign_object([contact_id, entry_id])


def read_errand(token: str) -> ErrandLink | None:
    """None for a token that we did not sign, or signed for anything else."""
    for signer, within in ((_ERRANDS, ERRAND_WITHIN), (_STOPS, STOP_WITHIN)):
        try:
            contact_id, entry_id = signer.unsign_object(token)
        except (signing.BadSignature, ValueError):
            continue
        return ErrandLink(contact_id, entry_id, stops=signer is _STOPS, is_expired=_is_older(signer, token, within))
    return None


def sign_visit(*, contact_id: int) -> str:
    return _VISITS.sign_object(contact_id)


def read_visitor(token: str) -> Visitor | None:
    """Reads the token of a mail, or a visit that began on the confirmation page; None for anything else."""
    if addressed := tokens.read(token):
        return Visitor(kept_id(addressed.recipient_id), addressed.mailing_id)
    try:
        return Visitor(kept_id(_VISITS.unsign_object(token, max_age=VISIT_WITHIN)))
    except (signing.BadSignature, ValueError):
        return None


def _is_older(signer: signing.TimestampSigner, token: str, age: timedelta) -> bool:
    try:
        signer.unsign(token, max_age=age)
    except signing.SignatureExpired:
        return True
    return False
