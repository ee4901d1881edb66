"""Where a tracked link may lead, and how its number is written in a URL."""

from urllib.parse import quote, urlsplit

# What RFC 3986 lets stand in a URL, and "%", since authors paste URLs that are encoded already.
_LEGAL = "/#%[]=:;$&()+,!?*@'~"


def redirectable(url: str) -> str | None:
    """The URL as a Location header may hold it (ASCII, no control characters); None unless it is http or https."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return quote(url.strip(), safe=_LEGAL) if parts.scheme in ("http", "https") and parts.netloc else None


def read_number(text: str) -> int | None:
    """A link number as our own composer writes it: up to five plain digits."""
    return int(text) if len(text) <= 5 and text.isascii() and text.isdecimal() else None
