"""Puts every credential of the engine under the newest key."""

from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.services.secrets import rotate
from deliverability.models import AlertChannel, Inbox, Provider

_ENCRYPTED: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Provider, ("password_encrypted", "secrets_encrypted")),
    (AlertChannel, ("secret_encrypted",)),
    (Inbox, ("secret_encrypted", "client_secret_encrypted")),
)


@transaction.atomic
def rotate_credentials() -> int:
    """Returns how many secrets were put under the first key.

    Raises accounts.errors.SecretUnreadable when one fits none of the keys, and then changes nothing.
    """
    return sum(_rotate(model, fields) for model, fields in _ENCRYPTED)


def _rotate(model: type[Model], fields: tuple[str, ...]) -> int:
    rows: Any = model._default_manager.select_for_update()
    total = 0
    for row in rows:
        kept = [name for name in fields if getattr(row, name)]
        for name in kept:
            setattr(row, name, rotate(getattr(row, name)))
        row.save(update_fields=kept)
        total += len(kept)
    return total
