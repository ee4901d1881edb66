"""One at a time: whoever judges by the sunset policy, and whoever changes it."""

from django.db import connection


def take_turn() -> None:
    """Wait until nobody else judges or changes, and keep them waiting until this transaction ends.

    Two at once would each suppress and let go by what the other has not written yet. Called before anything is read:
    what was read while waiting may be what the other has just changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sendwell.sunset'))")
