"""Whether programs show the mail as it was meant: its weight, its Outlook fall-backs, its images, dark mode."""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from templates_app.rules.lint.catalogue import finding
from templates_app.rules.lint.findings import Finding
from templates_app.rules.lint.looks import Looks, pixels
from templates_app.rules.lint.page import Page, line_of, selector_of

CLIPPED_BYTES, NEARLY_CLIPPED_BYTES = 102 * 1024, 90 * 1024
_FORBIDDEN = ("script", "iframe", "frame", "object", "embed", "applet", "form", "video", "audio", "canvas")
_VML = re.compile(r"<v:(?:rect|roundrect|fill|image|background)", re.IGNORECASE)
_TABLE_FOR_OUTLOOK = re.compile(r"<table", re.IGNORECASE)
# Wider than any text column that may as well fill the window.
_NARROW = 1_000.0


def check_rendering(page: Page, looks: Looks) -> Iterator[Finding]:
    yield from _weight(page)
    yield from _head(page)
    yield from _forbidden(page)
    yield from _images(page)
    yield from _outlook(page, looks)


def _weight(page: Page) -> Iterator[Finding]:
    size = len(page.source.encode("utf-8", "replace"))
    said = f"The HTML weighs {size / 1024:.0f} KB, and Gmail shows no more than 102 KB."
    if size > CLIPPED_BYTES:
        yield finding("clipped", f"{said} Shorten the mail: fewer blocks, less CSS.")
    elif size > NEARLY_CLIPPED_BYTES:
        yield finding("nearly-clipped", f"{said} Links and tracking add a little to it: leave some room.")


def _head(page: Page) -> Iterator[Finding]:
    names = {(one.get("name") or "").lower() for one in page.each("meta")}
    if "viewport" not in names:
        message = 'There is no viewport. Add <meta name="viewport" content="width=device-width, initial-scale=1">.'
        yield finding("viewport-missing", message, selector="head")
    has_scheme = any(one.name == "color-scheme" for one in page.css.declarations)
    if not names & {"color-scheme", "supported-color-schemes"} and not has_scheme:
        message = 'The mail does not say whether it can be dark. Add <meta name="color-scheme" content="light dark">.'
        yield finding("color-scheme-missing", message, selector="head")


def _forbidden(page: Page) -> Iterator[Finding]:
    for element in page.each(*_FORBIDDEN):
        what = "Link to a page with it instead." if element.tag != "script" else "Take it out."
        message = f"<{element.tag}> works in no large mail program. {what}"
        yield finding("forbidden-element", message, line=line_of(element), selector=selector_of(element))


def _images(page: Page) -> Iterator[Finding]:
    unsized = []
    for image in page.each("img"):
        if (image.get("src") or "").lower().startswith("data:"):
            message = "The image is written into the mail itself. Host it and link to it."
            yield finding("base64-image", message, line=line_of(image), selector=selector_of(image))
        if not image.get("width") and not _has(image, "width"):
            unsized.append(image)
    if unsized:
        times = f" {len(unsized)} images lack it, this one first." if len(unsized) > 1 else ""
        message = f"The image has no width. Give it width and height as attributes.{times}"
        yield finding("image-size-missing", message, line=line_of(unsized[0]), selector=selector_of(unsized[0]))


def _has(image: _Element, name: str) -> bool:
    return re.search(rf"(?:^|;)\s*{name}\s*:", image.get("style") or "") is not None


def _outlook(page: Page, looks: Looks) -> Iterator[Finding]:
    for_outlook = " ".join(one.text for one in page.comments if one.is_conditional)
    if not _VML.search(for_outlook):
        painted = next((one for one in page.elements if looks.of(one).get("background-image")), None)
        if painted is not None:
            message = "Outlook on Windows leaves this background image out. Give it a background colour and VML."
            yield finding("outlook-background", message, line=line_of(painted), selector=selector_of(painted))
    if not _TABLE_FOR_OUTLOOK.search(for_outlook):
        wide = next((one for one in page.each("div") if _is_narrowed(one, looks)), None)
        if wide is not None:
            message = "Outlook on Windows makes this div as wide as its window. Put a table of the width around it."
            yield finding("outlook-width", message, line=line_of(wide), selector=selector_of(wide))


def _is_narrowed(element: _Element, looks: Looks) -> bool:
    if any(True for _ in element.iterancestors("table")):
        return False
    style = looks.of(element)
    width = next((style[name] for name in ("max-width", "width") if name in style), "")
    found = pixels(width, looks.size(element)) if width and "%" not in width else None
    return found is not None and 0 < found <= _NARROW
