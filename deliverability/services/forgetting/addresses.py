"""Forgets an address wherever the engine kept it; where it must never be written to again, the keyed hash stays."""

import zlib
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from accounts.services.redaction import forms_of, redact
from deliverability.models import (
    Alert,
    AlertDelivery,
    CanaryLane,
    Event,
    InboundMail,
    LaneChange,
    Mailing,
    ProviderChange,
    SoftBounce,
    Stream,
    Suppression,
    UnmatchedReply,
    WarmupDay,
    WarmupPlan,
)
from deliverability.queries.suppressions import address_key, live
from deliverability.types import EventKind, SuppressionReason

# What must hold for good, even when the same address is imported from an old file next year.
LASTING = (
    SuppressionReason.UNSUBSCRIBE,
    SuppressionReason.COMPLAINT,
    SuppressionReason.HARD_BOUNCE,
    SuppressionReason.MANUAL,
    SuppressionReason.ERASURE,
)
# Sentences in which a server's words may name somebody.
_SPOKEN = (
    (Alert, ("title", "text")),
    (AlertDelivery, ("failure",)),
    (CanaryLane, ("reason",)),
    (LaneChange, ("reply",)),
    (Mailing, ("paused_because",)),
    (ProviderChange, ("why",)),
    (Stream, ("held_reason",)),
    (UnmatchedReply, ("sample",)),
    (WarmupDay, ("why",)),
    (WarmupPlan, ("reason",)),
)
# As ESPs write it: plain, in a form's body, or with JSON's escape for the at sign.
_BODIES = "DELETE FROM deliverability_webhook WHERE lower(encode(body, 'escape')) LIKE ANY(%s)"


@transaction.atomic
def forget_address(*, address: str, recipient_id: int) -> None:
    """Call it before `forget_recipient`, whose events say which mails came back from them.

    Suppressions for good stay as a hash and a reason; those for a while, and those that are over, go. Webhooks and
    mails that speak of the person go as a whole: what they told stands in the events, without a name.
    """
    key = address_key(address)
    held = Suppression.objects.filter(address_key=key)
    held.exclude(live(), reason__in=LASTING, expires_at=None).delete()
    held.update(address="", evidence="", added_by="", lifted_by="", lifted_why="")
    SoftBounce.objects.filter(address_key=key).delete()
    redact(_SPOKEN, address)
    _forget_mails(address, recipient_id)
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [[f"%{_like(form)}%" for form in _written(address)]])


def _forget_mails(address: str, recipient_id: int) -> None:
    """What was recorded says whom it is about; what could not be is read through."""
    came_back = Event.objects.filter(recipient_id=recipient_id, kind__in=(EventKind.BOUNCED, EventKind.COMPLAINED))
    moments: Collection[datetime] = list(came_back.values_list("occurred_at", flat=True))
    found = InboundMail.objects.annotate(told=Cast(F("findings"), TextField())).filter(
        Q(sender__icontains=address)
        | Q(subject__icontains=address)
        | Q(told__icontains=address)
        | Q(received_at__in=moments)
    )
    found.delete()
    unread = InboundMail.objects.exclude(state=InboundMail.State.RECORDED).values_list("pk", "raw")
    needle = address.lower().encode()
    about = [key for key, raw in unread.iterator(chunk_size=200) if needle in zlib.decompress(bytes(raw)).lower()]
    InboundMail.objects.filter(pk__in=about).delete()


def _written(address: str) -> set[str]:
    address = address.lower()
    # `encode` doubles a backslash.
    return {form.lower() for form in forms_of(address)} | {address.replace("@", r"\\u0040")}


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
