"""Whether every link leads where it says, and nowhere that filters know."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.etree import _Element

from templates_app.rules.lint.catalogue import finding
from templates_app.rules.lint.findings import Finding
from templates_app.rules.lint.known import SHORTENERS
from templates_app.rules.lint.page import Page, line_of, selector_of, words_of

_LOCAL = re.compile(
    r"^(?:localhost$|127\.|10\.|192\.168\.|0\.0\.0\.0|\[?::1)|(?:^|[.-])(?:staging|stage|test|dev|preview|local)\.[^.]+\."
    r"|\.(?:local|localhost|test|internal|lan)$",
    re.IGNORECASE,
)
_LIQUID = re.compile(r"\{[{%]|\*\||%%|\[\[")
# A text that is an address, or names nothing but a host.
_ADDRESS = re.compile(r"^(?:https?://)?((?:[\w-]+\.)+[a-z]{2,24})(?::\d+)?(?:/\S*)?$", re.IGNORECASE)
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "cid", "webcal"})


def check_links(page: Page) -> Iterator[Finding]:
    """`{{ … }}` and the like are left alone: only a rendered mail says what they become."""
    plain: list[_Element] = []
    for link in page.each("a", "area"):
        href = (link.get("href") or "").strip()
        if not _LIQUID.search(href):
            yield from _check(link, href)
            if href.lower().startswith("http://"):
                plain.append(link)
    if plain:
        times = f" {len(plain)} links do so, this one first." if len(plain) > 1 else ""
        message = f"{plain[0].get('href')} goes over http. Write https.{times}"
        yield finding("http-link", message, line=line_of(plain[0]), selector=selector_of(plain[0]))


def _check(link: _Element, href: str) -> Iterator[Finding]:
    line, selector = line_of(link), selector_of(link)
    host = host_of(href)
    words = words_of(link)
    if not href and link.get("href") is None and (link.get("name") or link.get("id")):
        return
    if not href or href == "#" or href.lower().startswith("javascript:"):
        message = f"The link “{words[:60]}” leads nowhere. Say where it leads, or make it text."
        yield finding("link-empty", message, line=line, selector=selector)
    elif _is_odd(href):
        message = f"“{href[:80]}” is no address that a mail program can open. Begin it with https://."
        yield finding("link-empty", message, line=line, selector=selector)
    elif _LOCAL.search(host):
        message = f"{host} cannot be reached by your readers. Link to the public page."
        yield finding("link-local", message, line=line, selector=selector)
    elif host in SHORTENERS:
        message = f"{host} shortens links. Link to the page itself."
        yield finding("link-shortener", message, line=line, selector=selector)
    named = _ADDRESS.match(words)
    if named and host and not _is_same_site(named[1].lower(), host):
        message = f"The text says {named[1]}, and the link opens {host}. Let both say the same, or write words."
        yield finding("link-mismatch", message, line=line, selector=selector)


def host_of(href: str) -> str:
    try:
        return (urlsplit(href).hostname or "").lower()
    except ValueError:
        return ""


def _is_odd(href: str) -> bool:
    if href.startswith(("#", "//")):
        return False
    scheme = href.partition(":")[0].lower() if ":" in href else ""
    return scheme not in _SCHEMES


def _is_same_site(named: str, host: str) -> bool:
    """A host and its parents or children count as one; `www.` does not matter."""
    named, host = named.removeprefix("www."), host.removeprefix("www.")
    return named == host or host.endswith(f".{named}") or named.endswith(f".{host}")
