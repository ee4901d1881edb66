"""The settings that campaigns read."""

from urllib.parse import urlsplit

from django.conf import settings


def base_url() -> str:
    """Where subscribers reach the public pages; no slash at the end."""
    return str(settings.BASE_URL)


def public_host() -> str:
    return urlsplit(base_url()).hostname or "localhost"


def is_local() -> bool:
    """Whether only this machine can follow a link in a mail."""
    host = public_host()
    return host in ("localhost", "::1") or host.startswith("127.")
