"""Finds caniemail's HTML and image features in a page's elements and attributes."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from lxml.etree import _Element

from templates_app.rules.lint.clients.use import Use
from templates_app.rules.lint.css import Css, tokens
from templates_app.rules.lint.page import Page, line_of, selector_of

_TAGS = {
    **{f"h{level}": "html-h1-h6" for level in range(1, 7)},
    **dict.fromkeys(("ul", "ol", "dl", "li", "dt", "dd"), "html-lists"),
    **dict.fromkeys(("map", "area"), "html-image-maps"),
    **dict.fromkeys(
        ("article", "aside", "details", "figcaption", "figure", "footer", "header", "main", "mark", "nav", "section"),
        "html-semantics",
    ),
    **dict.fromkeys(("summary", "time"), "html-semantics"),
    **dict.fromkeys(("thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"), "html-table"),
    "b": "html-strong",
    "s": "html-strike",
}
_ATTRIBUTES = {
    **{
        name: f"html-{name}"
        for name in ("align", "background", "cellpadding", "cellspacing", "dir", "height", "hidden")
    },
    **{name: f"html-{name}" for name in ("lang", "required", "role", "srcset", "target", "valign", "width", "popover")},
    **{f"aria-{name}": f"html-aria-{name}" for name in ("describedby", "hidden", "label", "labelledby", "live")},
    "loading": "html-loading-attribute",
    "usemap": "html-image-maps",
    "inert": "css-inert-attribute",
    "amp4email": "amp",
    "⚡4email": "amp",
}
_IMAGES = {
    **{name: f"image-{name}" for name in ("apng", "avif", "bmp", "gif", "hdr", "heif", "ico", "jpg", "mp4", "png")},
    **{name: f"image-{name}" for name in ("svg", "tiff", "webp")},
    "jpeg": "image-jpg",
    "heic": "image-heif",
    "tif": "image-tiff",
    "svg+xml": "image-svg",
    "x-icon": "image-ico",
    "vnd.microsoft.icon": "image-ico",
}
_WITH_IMAGES = frozenset({"img", "source", "image", "input", "body", "table", "tr", "td", "th"})


def html_features(page: Page) -> Iterator[Use]:
    """Every use; slugs that caniemail does not know may be among them."""
    for element in page.elements:
        line, selector = line_of(element), selector_of(element)
        for feature in _of_element(element):
            yield Use(feature, line, selector)
    if "<!doctype" in page.source[:2000].lower():
        yield Use("html-doctype", 1)
    yield from (Use("html-comments", one.line) for one in page.comments if not one.is_conditional)
    yield from _of_backgrounds(page.css)


def _of_element(element: _Element) -> Iterator[str]:
    tag = str(element.tag).lower()
    yield _TAGS.get(tag, f"html-{tag}")
    for name in element.attrib:
        if str(name).lower() in _ATTRIBUTES:
            yield _ATTRIBUTES[str(name).lower()]
    if tag in ("button", "input"):
        yield f"html-{tag}-{(element.get('type') or ('submit' if tag == 'button' else 'text')).lower()}"
    elif tag == "a":
        yield from _of_link(element.get("href") or "")
    elif tag == "meta" and (element.get("name") or "").lower() in ("color-scheme", "supported-color-schemes"):
        yield "html-meta-color-scheme"
    if tag in _WITH_IMAGES:
        for attribute in ("src", "srcset", "background"):
            for address in (element.get(attribute) or "").split(","):
                yield from image_features(address.strip().partition(" ")[0])


def _of_link(href: str) -> Iterator[str]:
    if href.startswith("#") and len(href) > 1:
        yield "html-anchor-links"
    elif href.lower().startswith("mailto:"):
        yield "html-mailto-links"


def _of_backgrounds(css: Css) -> Iterator[Use]:
    for declaration in css.declarations:
        if "background" in declaration.name or declaration.name in ("list-style", "list-style-image", "content"):
            for token in tokens(declaration.values):
                address = getattr(token, "value", "") if token.type == "url" else ""
                for feature in image_features(address):
                    yield Use(feature, declaration.line, declaration.selector)


def image_features(address: str) -> Iterator[str]:
    """By the file's name, or by what a data: URL says that it holds."""
    if address.lower().startswith("data:image/"):
        kind = address[len("data:image/") :].split(";")[0].split(",")[0].lower()
        if ";base64" in address[:80].lower():
            yield "image-base64"
    else:
        kind = PurePosixPath(_path(address)).suffix.removeprefix(".").lower()
    if kind in _IMAGES:
        yield _IMAGES[kind]


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
