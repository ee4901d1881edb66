"""Refuses a privacy request, with a reason that the person is told (GDPR Art. 12(4))."""

from django.db import transaction

from accounts.services import audit
from accounts.types import Actor
from subscribers.errors import RequestRefused
from subscribers.services.rights.answering import enqueue_answer
from subscribers.services.rights.requests import close, locked
from subscribers.types import RequestKind, RequestState


@transaction.atomic
def refuse(*, request_id: int, actor: Actor, reason: str) -> bool:
    """True if a mail tells them; False for somebody who is not in the data, whom a person must answer.

    An objection to marketing is absolute and cannot be refused (Art. 21(3)). Raises RequestRefused, PermissionRefused.
    """
    request = locked(request_id, actor)
    if request.kind == RequestKind.OBJECTION:
        raise RequestRefused("Nobody may refuse an objection to direct marketing. Nothing was changed.")
    if not reason.strip():
        raise RequestRefused("The law asks for a reason, which the person is told. Nothing was changed.")
    request.refused_because = reason.strip()
    request.save(update_fields=["refused_because"])
    is_told = enqueue_answer(request)
    close(request, actor, RequestState.REFUSED, f"Refused: {request.refused_because}")
    audit.record(actor=actor, text=f"Refused privacy request {request.pk}.")
    return is_told
