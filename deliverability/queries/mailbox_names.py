"""Mailbox providers as people call them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliverability.rules.mailbox_providers import OTHER, mailbox_providers

_NAMES: dict[str, str | Promise] = {**mailbox_providers(), OTHER: _("Other domains")}


def provider_name(word: str) -> str | Promise:
    return _NAMES.get(word, word.capitalize())


def provider_names() -> list[tuple[str, str | Promise]]:
    """Each provider's short word and its name, the big ones first."""
    return list(_NAMES.items())
