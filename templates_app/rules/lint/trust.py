"""Whether the mail can be told from spam: a way out, an address, honest words, nothing hidden."""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from templates_app.rules.lint.catalogue import finding
from templates_app.rules.lint.findings import Finding
from templates_app.rules.lint.known import POSTAL_ADDRESS, WAY_OUT
from templates_app.rules.lint.looks import Looks, colour
from templates_app.rules.lint.page import Page, line_of, selector_of, words_of

_TAGS_FOR_ADDRESS = re.compile(r"address|adresse|postal|company|organi[sz]ation|LIST:ADDRESS", re.IGNORECASE)
_TAG = re.compile(r"\{\{[^{}]{0,200}\}\}|\*\|.{0,200}?\|\*|%%.{0,200}?%%|\[\[.{0,200}?\]\]", re.DOTALL)
_MOST_HIDDEN = 200
_FEWEST_WORDS_PER_IMAGE = 20


def check_trust(page: Page, looks: Looks, *, is_marketing: bool) -> Iterator[Finding]:
    """A mail that somebody waits for, such as a receipt, needs no way out and no address."""
    if is_marketing:
        yield from _footer(page)
    yield from _hidden(page, looks)
    images, words = sum(1 for _ in page.each("img")), len(page.text.split())
    if words and images * _FEWEST_WORDS_PER_IMAGE > words:
        message = f"{images} images and {words} words. Say more of it in text."
        yield finding("few-words", message, selector="body")


def _footer(page: Page) -> Iterator[Finding]:
    if not _has_way_out(page):
        message = "There is no visible way to unsubscribe. Add a link that says so."
        yield finding("unsubscribe-missing", message, selector="body")
    if not _has_address(page.text):
        message = "There is no postal address. Add the sender's to the footer."
        yield finding("address-missing", message, selector="body")


def _has_way_out(page: Page) -> bool:
    return any(
        WAY_OUT.search(f"{link.get('href') or ''} {words_of(link)} {link.get('title') or ''}")
        for link in page.each("a")
    )


def _has_address(text: str) -> bool:
    return bool(POSTAL_ADDRESS.search(text)) or any(_TAGS_FOR_ADDRESS.search(tag) for tag in _TAG.findall(text))


def _hidden(page: Page, looks: Looks) -> Iterator[Finding]:
    is_first = True
    for element in page.elements:
        if element.tag not in ("div", "span", "p", "td", "font") or not _is_hidden(element, looks):
            continue
        words = words_of(element)
        if not words:
            continue
        # The preview line of the inbox is hidden text that everybody allows, at the top and no longer than is shown.
        is_preheader = is_first and _before(page, element) < _MOST_HIDDEN
        is_first = False
        if not is_preheader and len(words) > 1 and _parent_shows(element, looks):
            message = f"“{words[:60]}” cannot be seen. Show it, or take it out."
            yield finding("hidden-text", message, line=line_of(element), selector=selector_of(element))


def _is_hidden(element: _Element, looks: Looks) -> bool:
    if looks.is_hidden(element) or looks.size(element) <= 1:
        return True
    text, behind = colour(looks.of(element).get("color", "black")), looks.background(element)
    return text is not None and behind is not None and text == behind


def _parent_shows(element: _Element, looks: Looks) -> bool:
    parent = element.getparent()
    return parent is None or not _is_hidden(parent, looks)


def _before(page: Page, element: _Element) -> int:
    """How many characters can be read before an element."""
    count = 0
    for one in page.each("body"):
        for inner in one.iter():
            if inner is element:
                return count
            count += len((inner.text or "").strip()) if isinstance(inner.tag, str) and inner.tag != "style" else 0
    return count
