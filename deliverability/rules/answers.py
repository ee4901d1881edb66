"""What a tracking URL answers, whoever serves it: the bare edge or Django."""

from dataclasses import dataclass
from typing import Final

# A cached answer would hide the next open or click from us; these URLs speak of one person, so no index wants them.
_PRIVATE: Final = ((b"cache-control", b"no-store, no-cache, max-age=0"), (b"x-robots-tag", b"noindex, nofollow"))
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}}</style></head>
<body><h1>{title}</h1><p>{advice}</p></body></html>
"""
# A transparent GIF of one pixel.
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case and body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


def _answer(status: int, content_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> Answer:
    length = (b"content-length", str(len(body)).encode())
    kind = ((b"content-type", content_type), (b"x-content-type-options", b"nosniff"))
    return Answer(status, (*_PRIVATE, *kind, length, *more), body)


def _page(status: int, title: str, advice: str, *more: tuple[bytes, bytes]) -> Answer:
    return _answer(status, b"text/html; charset=utf-8", _PAGE.format(title=title, advice=advice).encode(), *more)


PIXEL: Final = _answer(200, b"image/gif", _GIF)
NOT_FOUND: Final = _page(
    404,
    "This link does not work",
    "We did not send it, or it was cut off on its way. Please open the mail again and follow the link there.",
)
TRY_AGAIN: Final = _page(
    503,
    "One moment, please",
    "We cannot look up where this link leads right now. Nothing is lost: please try again in a minute.",
    (b"retry-after", b"30"),
)


def redirect(url: str) -> Answer:
    """Send the person on; `url` has passed `redirectable`."""
    return Answer(302, (*_PRIVATE, (b"location", url.encode("ascii")), (b"content-length", b"0")))


def health(lost: int) -> Answer:
    """`lost` hits were answered without a word from Redis since this process started."""
    return _answer(200, b"application/json", b'{"status": "ok", "lost": %d}' % lost)
