"""In which language our own mails speak to somebody."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant


def language_of(locale: str) -> str:
    """The catalogue closest to the contact's locale; English where we do not speak it."""
    try:
        return get_supported_language_variant(locale.lower().replace("_", "-"))
    except LookupError:
        return settings.LANGUAGE_CODE
