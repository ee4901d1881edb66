"""Says who allows an open or a click to be recorded, at the moment it happens."""

from collections.abc import Collection

from django.db import connection

from deliverability.types import EventKind

# One array parameter: Django's pk__in would make thousands of them, which costs more than the query.
# A merged contact's links are asked of the person who stayed.
_ALLOWED = """
SELECT asked.id, asked.mailbox_provider FROM subscribers_contact asked
LEFT JOIN subscribers_contact kept ON kept.id = asked.merged_into_id
WHERE asked.id = ANY(%s) AND CASE WHEN kept.id IS NULL THEN asked.{permission} ELSE kept.{permission} END
"""
_PERMISSION = {EventKind.OPENED: "tracks_opens", EventKind.CLICKED: "tracks_clicks"}


def tracking_consent(kind: EventKind, recipient_ids: Collection[int]) -> dict[int, str]:
    """The engine's port: contacts who allow this kind of tracking now, each with their mailbox provider."""
    with connection.cursor() as cursor:
        cursor.execute(_ALLOWED.format(permission=_PERMISSION[kind]), [list(recipient_ids)])
        return dict(cursor.fetchall())
