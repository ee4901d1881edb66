"""Names by which mailbox providers recognise a list (RFC 2919) and a campaign (Gmail's Feedback-ID)."""

import re
from ipaddress import ip_address

_OTHER = re.compile(r"[^a-z0-9]+")


def list_id(slug: str, host: str) -> str:
    """Stable for the life of a list; hosts without a name of their own use RFC 2919's `localhost`."""
    return f"{_OTHER.sub('-', slug.lower())}.lists.{'localhost' if _is_ip(host) else host}"


def feedback_id(*, campaign_id: int, list_slug: str, stream_slug: str, from_email: str) -> str:
    """`campaign:list:stream:sender`: Gmail counts complaints by each.

    A value must not occur in two places, hence the prefixes; the sender has 5 to 15 characters and never changes.
    """
    sender = _OTHER.sub("", from_email.rpartition("@")[2].lower())[:15].ljust(5, "0")
    return f"c{campaign_id}:l-{_plain(list_slug)}:s-{_plain(stream_slug)}:{sender}"


def _plain(slug: str) -> str:
    return _OTHER.sub("-", slug.lower())


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
