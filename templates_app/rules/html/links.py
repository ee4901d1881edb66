"""Numbers the links of a mail, and fits merge data to the place in which it stands."""

import re
from urllib.parse import quote

from lxml.etree import _Comment
from lxml.html import HtmlElement

from templates_app.rules.liquid.placeholders import Mode, Placeholders

_URL_ATTRIBUTES = frozenset({"href", "src", "background", "action", "poster", "cite", "srcset"})
_OWN_LINK = re.compile(r"\{\{-?\s*(unsubscribe|preferences|reconfirm)_url\s*-?\}\}")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=-._~"
_TAG_NAME = re.compile(r"\{%-?\s*(\w+)")
_IN_URL = re.compile(r"(?:href|src|background)=\"([^\"]*)$")
_IN_STYLE = re.compile(r"style=\"[^\"]*$")
_IN_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]*)$")


def fit_values(root: HtmlElement, placeholders: Placeholders) -> None:
    """Marks every placeholder in attributes, styles and conditional comments with the filter its place needs."""
    for element in root.iter():
        if isinstance(element, _Comment):
            element.text = placeholders.with_modes(element.text or "", _mode_in_markup)
        elif element.tag == "style" and element.text:
            element.text = placeholders.with_modes(element.text, _mode_in_css)
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            if placeholders.prefix not in value:
                continue
            if name in _URL_ATTRIBUTES:
                element.set(
                    name, placeholders.with_modes(value.strip(), lambda before: _mode_in_url(before, placeholders))
                )
            elif name == "style":
                element.set(name, placeholders.with_modes(value, _mode_in_css))


def number_links(root: HtmlElement, placeholders: Placeholders) -> list[str]:
    """Replaces the target of every web link by its number; returns the targets in that order.

    Links to our own pages are never tracked; targets that Liquid makes become personal links, whose URL is known only
    per recipient.
    """
    targets: list[str] = []
    for link in root.iter("a", "area"):
        href = (link.get("href") or "").strip()
        whole = placeholders.pattern.fullmatch(href)
        if whole and (own := _OWN_LINK.fullmatch(placeholders.original(whole))):
            link.set("href", placeholders.add(f"{{% link {own[1]} %}}"))
        elif _is_own(whole, placeholders):
            continue
        elif placeholders.prefix in href:
            if _may_be_web(href, placeholders):
                opened, closed = placeholders.add("{% personal_link %}"), placeholders.add("{% endpersonal_link %}")
                link.set("href", f"{opened}{href}{closed}")
        elif href.lower().startswith(("http://", "https://")):
            link.set("href", placeholders.add(f"{{% link {len(targets)} %}}"))
            targets.append(quote(href, safe=_URL_SAFE))
    return targets


def _is_own(whole: re.Match[str] | None, placeholders: Placeholders) -> bool:
    return bool(whole) and placeholders.original(whole).startswith("{% link")  # type: ignore[arg-type]


def _may_be_web(href: str, placeholders: Placeholders) -> bool:
    static = placeholders.pattern.sub("", href)
    return bool(placeholders.pattern.match(href)) or static.lower().startswith(("http://", "https://"))


def _mode_in_url(before: str, placeholders: Placeholders) -> Mode:
    """The first thing written on a branch is the start of the URL; everything later is a part of it."""
    written, outer, position = False, [], 0
    for found in placeholders.pattern.finditer(before):
        written = written or found.start() > position
        position = found.end()
        tag = _TAG_NAME.match(placeholders.original(found))
        name = tag[1] if tag else ""
        if not tag:
            written = True
        elif name in ("if", "unless", "case", "for"):
            outer.append(written)
        elif name in ("else", "elsif", "when") and outer:
            written = outer[-1]
        elif name.startswith("end") and outer:
            written = outer.pop() or written
    return "u" if written or len(before) > position else "s"


def _mode_in_css(before: str) -> Mode:
    found = _IN_CSS_URL.search(before)
    if not found:
        return "c"
    return "u" if found[1] else "s"


def _mode_in_markup(before: str) -> Mode:
    if found := _IN_URL.search(before):
        return "u" if found[1] else "s"
    return _mode_in_css(before) if _IN_STYLE.search(before) else "p"
