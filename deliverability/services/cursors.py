"""Moves the marks that say how far a feed has been read, in the same transaction as what was made of it."""

from deliverability.models import EventCursor


def claim_cursor(*, name: str, start: str, wait: bool) -> str | None:
    """Lock the mark until the transaction ends and return it; None when another reader has it and `wait` is False.

    `start` is where a reader begins that has never read.
    """
    EventCursor.objects.get_or_create(buffer=name, defaults={"last_id": start})
    row = EventCursor.objects.select_for_update(skip_locked=not wait, no_key=True).filter(buffer=name).first()
    return row.last_id if row else None


def move_cursor(*, name: str, last_id: str) -> None:
    """Only for whoever has claimed it."""
    EventCursor.objects.filter(buffer=name).update(last_id=last_id)
