"""Puts the second factors of the team under the newest key."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.services.secrets import rotate

# What allauth hands to our adapter for encryption (accounts.views.adapter.SecondFactors).
_SECRETS = ("secret", "seed")


@transaction.atomic
def rotate_second_factors() -> int:
    """Returns how many were put under the first key. Raises SecretUnreadable, and then changes nothing."""
    rows = list(Authenticator.objects.select_for_update())
    for row in rows:
        row.data = {name: _rotated(name, value) for name, value in row.data.items()}
        row.save(update_fields=["data"])
    return len(rows)


def _rotated(name: str, value: Any) -> Any:
    if name in _SECRETS and isinstance(value, str):
        return rotate(value)
    # Recovery codes that came from an older format stand in a list of their own.
    return [rotate(one) for one in value] if name == "migrated_codes" else value
