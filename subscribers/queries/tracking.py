"""Says who allows an open or a click to be recorded, at the moment it happens."""

from collections.abc import Collection

from deliverability.types import EventKind
from subscribers.models import Contact

_PERMISSION = {EventKind.OPENED: "tracks_opens", EventKind.CLICKED: "tracks_clicks"}


def tracking_consent(kind: EventKind, recipient_ids: Collection[int]) -> dict[int, str]:
    """The engine's port: contacts who allow this kind of tracking now, each with their mailbox provider."""
    allowed = Contact.objects.filter(pk__in=recipient_ids, **{_PERMISSION[kind]: True})
    return dict(allowed.values_list("pk", "mailbox_provider"))
