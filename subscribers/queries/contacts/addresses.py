"""Tells the engine the address behind a recipient id, for bounces and complaints that hide it."""

from collections.abc import Collection

from django.db import connection

_ADDRESSES = "SELECT id, email FROM subscribers_contact WHERE id = ANY(%s)"


def addresses_of(recipient_ids: Collection[int]) -> dict[int, str]:
    """The engine's port: contacts that exist, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [list(recipient_ids)])
        return dict(cursor.fetchall())
