"""Does what a privacy request asks, and closes it."""

from django.db import transaction

from accounts.services import audit
from accounts.types import Actor
from subscribers.errors import RequestRefused
from subscribers.models import PrivacyRequest
from subscribers.services.rights.answering import enqueue_answer
from subscribers.services.rights.erasing import erase_contact
from subscribers.services.rights.objecting import object_to_marketing
from subscribers.services.rights.requests import close, locked
from subscribers.services.rights.restricting import restrict
from subscribers.types import RequestKind, RequestState

_DONE = {
    RequestKind.EXPORT: "Sent them a link to everything we hold, which works for seven days.",
    RequestKind.OBJECTION: "They get no marketing mail any more, and are not tracked.",
    RequestKind.RESTRICTION: "They are neither mailed nor changed nor profiled from now on.",
    RequestKind.CORRECTION: "Corrected",
}
_NOTHING = "We hold nothing about them."


@transaction.atomic
def fulfil(*, request_id: int, actor: Actor, note: str = "") -> PrivacyRequest:
    """`note` says what was corrected. Erasure ends with `erase_contact`; an export is mailed as a link to the person.

    Somebody who is not in the data is answered by hand: there is nothing to do. Raises RequestRefused,
    PermissionRefused.
    """
    request = locked(request_id, actor)
    if request.contact_id is None:
        close(request, actor, RequestState.FULFILLED, f"{_NOTHING} {note}".strip())
        return request
    kind = RequestKind(request.kind)
    if kind == RequestKind.ERASURE:
        return erase_contact(contact_id=request.contact_id, actor=actor, reason=request.source)
    if kind == RequestKind.CORRECTION and not note.strip():
        raise RequestRefused("Say what was corrected. Nothing was closed.")
    if kind == RequestKind.OBJECTION:
        object_to_marketing(contact_id=request.contact_id, actor=actor, source=request.source)
    elif kind == RequestKind.RESTRICTION:
        restrict(contact_id=request.contact_id, actor=actor)
    enqueue_answer(request)
    close(request, actor, RequestState.FULFILLED, _done(kind, note))
    audit.record(actor=actor, text=f"Fulfilled privacy request {request.pk} ({kind}).")
    return request


def _done(kind: RequestKind, note: str) -> str:
    return f"{_DONE[kind]}: {note.strip()}" if note.strip() else _DONE[kind]
