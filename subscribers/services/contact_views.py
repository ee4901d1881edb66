"""Keeps how the team looks at its contacts: each member's columns, and searches under a name for all."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ViewRefused
from subscribers.models import ContactColumns, SavedView

MOST_VIEWS = 50


def keep_columns(*, user_id: int, columns: Sequence[str]) -> None:
    ContactColumns.objects.update_or_create(user_id=user_id, defaults={"columns": list(columns)[:50]})


def save_view(*, actor: Actor, name: str, query: str) -> SavedView:
    """Raises ViewRefused, PermissionRefused."""
    require(actor, "subscribers.view")
    name = name.strip()[:60]
    if not name or not query:
        raise ViewRefused("A view needs a name and at least one filter, so nothing was saved.")
    if SavedView.objects.count() >= MOST_VIEWS:
        raise ViewRefused(f"There are {MOST_VIEWS} views already, so this one was not saved. Delete one first.")
    try:
        with transaction.atomic():
            return SavedView.objects.create(name=name, query=query[:500], saved_by=str(actor)[:200])
    except IntegrityError:
        raise ViewRefused(
            f"There is a view called “{name}” already, so nothing was saved. Choose another name."
        ) from None


def delete_view(*, actor: Actor, view_id: int) -> None:
    """Raises PermissionRefused."""
    require(actor, "subscribers.edit")
    SavedView.objects.filter(pk=view_id).delete()
