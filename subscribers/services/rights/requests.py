"""Opens privacy requests and notes what is done about them; the law's clock runs from when they came in."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.services import audit
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import RequestRefused
from subscribers.models import Contact, PrivacyRequest, PrivacyStep
from subscribers.rules.deadlines import due, extended, law_of
from subscribers.services.consent import lock_contact
from subscribers.services.rights.acting import PRIVACY, require_care
from subscribers.services.rights.answering import enqueue_answer
from subscribers.types import PrivacyLaw, RequestKind, RequestState

_OPENED = "Asked for it: {source}"


@transaction.atomic
def open_request(
    *,
    contact_id: int | None,
    kind: RequestKind,
    source: str,
    actor: Actor,
    address: str = "",
    details: str = "",
    country: str = "",
    received_at: datetime | None = None,
) -> PrivacyRequest:
    """Note what somebody asks. `contact_id` None: somebody whom we do not know, under the `address` they wrote from.

    A second request of one kind joins the first while that is open. Raises ContactGone, RequestRefused,
    PermissionRefused.
    """
    require_care(actor)
    contact = None if contact_id is None else lock_contact(contact_id)
    if contact is None and not address.strip():
        raise RequestRefused("Say who asks: without an address nobody can be answered. Nothing was noted.")
    received_at = received_at or timezone.now()
    if received_at > timezone.now():
        raise RequestRefused("A request cannot have come in tomorrow. Nothing was noted; check the day.")
    if contact and (standing := standing_request(contact, kind)):
        note(standing, actor, f"Asked again: {source}")
        return standing
    country = country or (contact.country if contact else "")
    law = law_of(country)
    request = PrivacyRequest.objects.create(
        kind=kind,
        contact=contact,
        address=address.strip()[:320],
        source=source[:200],
        details=details.strip(),
        country=country.upper()[:2],
        law=law,
        received_at=received_at,
        due_at=due(law, received_at),
    )
    note(request, actor, _OPENED.format(source=source))
    return request


@transaction.atomic
def note_identity(*, request_id: int, actor: Actor, how: str) -> None:
    """Write down how we know that it is they who ask (GDPR Art. 12(6)). Raises RequestRefused, PermissionRefused."""
    request = locked(request_id, actor)
    if not how.strip():
        raise RequestRefused("Say how you know that it is they who ask. Nothing was noted.")
    request.identity = how.strip()[:300]
    request.save(update_fields=["identity"])
    note(request, actor, f"Checked who asks: {request.identity}")


@transaction.atomic
def extend_request(*, request_id: int, actor: Actor, because: str) -> None:
    """Take the time that the law lends, once; the person must be told why. Raises RequestRefused, PermissionRefused."""
    request = locked(request_id, actor)
    if not because.strip():
        raise RequestRefused("The law asks for a reason, which the person must be told. Nothing was extended.")
    if request.extended_because:
        raise RequestRefused("It was extended once already, and the law lends no more. Nothing was changed.")
    if request.due_at < timezone.now():
        raise RequestRefused("It is overdue: an extension counts only while there is time. Nothing was changed.")
    request.extended_because = because.strip()[:500]
    request.due_at = extended(PrivacyLaw(request.law), request.received_at)
    request.save(update_fields=["extended_because", "due_at"])
    enqueue_answer(request)
    note(request, actor, f"Extended, because {request.extended_because}")


@transaction.atomic
def note_download(*, request_id: int, actor: Actor) -> None:
    """A member fetches the archive, to hand it over in another way than by mail. Raises PermissionRefused."""
    require(actor, PRIVACY)
    request = PrivacyRequest.objects.get(pk=request_id)
    note(request, actor, "Downloaded everything we hold about them.")
    audit.record(actor=actor, text=f"Downloaded the data of a person for privacy request {request.pk}.")


def locked(request_id: int, actor: Actor) -> PrivacyRequest:
    """The open request, with which nothing else happens meanwhile. Raises RequestRefused, PermissionRefused."""
    require(actor, PRIVACY)
    request = PrivacyRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None or request.state != RequestState.OPEN:
        raise RequestRefused("This request is answered already, so nothing was changed.")
    return request


def close(request: PrivacyRequest, actor: Actor, state: RequestState, text: str) -> None:
    """Joins the open transaction."""
    request.state, request.closed_at = state, timezone.now()
    request.save(update_fields=["state", "closed_at"])
    note(request, actor, text)


def note(request: PrivacyRequest, actor: Actor, text: str) -> None:
    PrivacyStep.objects.create(request=request, actor=str(actor)[:200], text=text[:600])


def standing_request(contact: Contact, kind: RequestKind) -> PrivacyRequest | None:
    """The one that is open."""
    return PrivacyRequest.objects.filter(contact=contact, kind=kind, state=RequestState.OPEN).first()
