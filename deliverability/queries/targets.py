"""Where the links of a mailing lead, from a bounded cache per process: a click then needs no database."""

import time
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from deliverability.models import Mailing
from deliverability.rules.targets import redirectable

CACHED_MAILINGS = 1000
# A link that we do not know is looked up again after this long: forged clicks must not reach the database each time.
UNKNOWN_SECONDS = 30.0


class Found(NamedTuple):
    """What the cache says of a link: its URL, or None for a link that does not exist."""

    url: str | None


class _Links(NamedTuple):
    urls: tuple[str | None, ...]
    loaded_at: float


_cache: OrderedDict[int, _Links] = OrderedDict()
_lock = Lock()


def cached_target(mailing_id: int, number: int) -> Found | None:
    """Where link `number` leads, without I/O; None when only `target` can say."""
    with _lock:
        links = _cache.get(mailing_id)
        if links is None:
            return None
        _cache.move_to_end(mailing_id)
    if number < len(links.urls):
        return Found(links.urls[number])
    return Found(None) if time.monotonic() < links.loaded_at + UNKNOWN_SECONDS else None


def target(mailing_id: int, number: int) -> str | None:
    """Where link `number` of the mailing leads, ready for a Location header; None for a link that does not exist."""
    if found := cached_target(mailing_id, number):
        return found.url
    urls = _load(mailing_id)
    return urls[number] if number < len(urls) else None


def forget_all() -> None:
    """Empty the cache, as for a test that reuses ids."""
    with _lock:
        _cache.clear()


def _load(mailing_id: int) -> tuple[str | None, ...]:
    links = Mailing.objects.filter(pk=mailing_id).values_list("links", flat=True).first() or []
    urls = tuple(redirectable(url) for url in links)
    with _lock:
        _cache[mailing_id] = _Links(urls, time.monotonic())
        _cache.move_to_end(mailing_id)
        if len(_cache) > CACHED_MAILINGS:
            _cache.popitem(last=False)
    return urls
