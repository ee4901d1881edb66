"""How an element looks by the mail's own CSS, as far as the checks need it: a small cascade with inheritance."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import tinycss2
from cssselect import GenericTranslator, SelectorError, parse
from lxml import etree
from lxml.etree import _Element
from tinycss2.color3 import RGBA, parse_color

from templates_app.rules.lint.page import Page

_INHERITED = frozenset(
    {"color", "font-size", "font-weight", "text-align", "text-transform", "visibility", "line-height", "hidden"}
)
# Not CSS: whether an element or one around it is not shown.
_HIDDEN = "hidden"
_PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_HEADINGS = {"h1": 32.0, "h2": 24.0, "h3": 18.72, "h4": 16.0, "h5": 13.28, "h6": 10.72, "small": 13.0}
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_WHITE = RGBA(1, 1, 1, 1)
ROOT_SIZE = 16.0
# A sheet with more rules than this is no mail; the rest of it is left out of the looks.
_MOST_RULES = 2_000

Style = Mapping[str, str]


class Looks:
    """Styles of a page's elements. Media queries are left out: they speak of some screens only."""

    def __init__(self, page: Page) -> None:
        self._own = _cascade(page)
        self._known: dict[_Element, dict[str, str]] = {}
        self._behind: dict[_Element, RGBA | None] = {}

    def of(self, element: _Element) -> Style:
        """Property → value as text, inherited ones included."""
        chain = [element]
        while chain[-1] not in self._known and (parent := chain[-1].getparent()) is not None:
            chain.append(parent)
        for one in reversed(chain):
            if one not in self._known:
                parent = one.getparent()
                inherited = self._known.get(parent, {}) if parent is not None else {}
                passed_on = {name: value for name, value in inherited.items() if name in _INHERITED}
                self._known[one] = self._settle(one, passed_on)
        return self._known[element]

    def size(self, element: _Element) -> float:
        """The font size in pixels."""
        return float(self.of(element)["font-size"])

    def is_bold(self, element: _Element) -> bool:
        weight = self.of(element).get("font-weight", "400")
        return weight in ("bold", "bolder") or (weight.isdecimal() and int(weight) >= 700)

    def is_hidden(self, element: _Element) -> bool:
        """Not shown, be it for an ancestor's sake."""
        return self.of(element).get(_HIDDEN) == "yes"

    def background(self, element: _Element) -> RGBA | None:
        """The colour behind an element's text; None where an image or transparency leaves it open."""
        chain: list[_Element] = []
        one: _Element | None = element
        while one is not None and one not in self._behind:
            chain.append(one)
            one = one.getparent()
        behind = self._behind[one] if one is not None else _WHITE
        for each in reversed(chain):
            behind = self._behind[each] = self._paint(each, behind)
        return behind

    def _paint(self, element: _Element, around: RGBA | None) -> RGBA | None:
        style = self.of(element)
        painted = colour(style.get("background-color", ""))
        if style.get("background-image") or element.get("background"):
            return None
        if painted is None or painted.alpha <= 0:
            return around
        return painted if painted.alpha >= 1 else None

    def _settle(self, element: _Element, inherited: dict[str, str]) -> dict[str, str]:
        own = dict(self._own.get(element, {}))
        around = float(inherited.get("font-size", ROOT_SIZE))
        size = pixels(own["font-size"], around) if "font-size" in own else None
        if size is None:
            size = _HEADINGS.get(str(element.tag), around)
        if element.tag in _BOLD:
            own.setdefault("font-weight", "bold")
        own = {name: value for name, value in own.items() if value not in ("inherit", "unset")}
        if _hides(own):
            own[_HIDDEN] = "yes"
        return {**inherited, **own, "font-size": str(size)}


def _hides(style: Style) -> bool:
    if style.get("display") == "none" or style.get("visibility") == "hidden" or is_zero(style.get("opacity")):
        return True
    return is_zero(style.get("max-height")) and "hidden" in style.get("overflow", "")


def contrast(text: RGBA, behind: RGBA) -> float:
    """WCAG 2.1's ratio, 1 to 21."""
    lighter, darker = sorted((_luminance(text), _luminance(behind)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colour(text: str) -> RGBA | None:
    """None for what is no colour, or one that only the reader's program knows."""
    found = parse_color(text.strip()) if text else None
    return found if isinstance(found, RGBA) else None


def pixels(text: str, around: float) -> float | None:
    """A length in pixels; `around` is what em and % are of. None for what depends on the window."""
    value: Any = tinycss2.parse_one_component_value(text, skip_comments=True)
    if value.type == "dimension":
        if value.lower_unit in _PIXELS:
            return float(value.value * _PIXELS[value.lower_unit])
        if value.lower_unit in ("em", "rem"):
            return float(value.value * (around if value.lower_unit == "em" else ROOT_SIZE))
    elif value.type == "percentage":
        return float(value.value * around / 100)
    elif value.type == "number" and value.value == 0:
        return 0.0
    elif value.type == "ident":
        return _SIZES.get(value.lower_value)
    return None


def is_zero(text: str | None) -> bool:
    return text is not None and pixels(text, ROOT_SIZE) == 0.0


def _luminance(value: RGBA) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value.red, value.green, value.blue)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _cascade(page: Page) -> dict[_Element, dict[str, str]]:
    """What is declared for each element itself: attributes, then sheets by specificity, then its style attribute."""
    weighed: defaultdict[_Element, list[tuple[tuple[int, ...], str, str]]] = defaultdict(list)
    for element in page.elements:
        for name, value in _presentational(element):
            weighed[element].append(((0, 0), name, value))
    _add_sheets(page, weighed)
    for element, declarations in page.css.inline.items():
        for declaration in declarations:
            for name, value in _longhands(declaration.name, declaration.text):
                weighed[element].append(((int(declaration.is_important), 2), name, value))
    return {
        element: {name: value for _, name, value in sorted(all_, key=lambda one: one[0])}
        for element, all_ in weighed.items()
    }


def _add_sheets(page: Page, weighed: defaultdict[_Element, list[tuple[tuple[int, ...], str, str]]]) -> None:
    if page.root is None:
        return
    for declaration in page.css.unconditional[:_MOST_RULES]:
        for specificity, elements in _matches(page.root, declaration.selector):
            for name, value in _longhands(declaration.name, declaration.text):
                for element in elements:
                    weighed[element].append(((int(declaration.is_important), 1, *specificity), name, value))


def _matches(root: _Element, selector: str) -> list[tuple[tuple[int, ...], list[_Element]]]:
    found = []
    for path, specificity in _paths(selector):
        elements = path(root)
        if isinstance(elements, list):
            found.append((specificity, [one for one in elements if isinstance(one, _Element)]))
    return found


@lru_cache(maxsize=2_048)
def _paths(selector: str) -> tuple[tuple[etree.XPath, tuple[int, ...]], ...]:
    try:
        selectors = [one for one in parse(selector) if one.pseudo_element is None]
        paths = [(etree.XPath(GenericTranslator().selector_to_xpath(one)), one.specificity()) for one in selectors]
    except (SelectorError, etree.XPathError, RecursionError):
        return ()
    return tuple(paths)


def _presentational(element: _Element) -> list[tuple[str, str]]:
    names = (("bgcolor", "background-color"), ("color", "color"), ("text", "color"), ("align", "text-align"))
    return [(name, value) for attribute, name in names if (value := element.get(attribute))]


def _longhands(name: str, value: str) -> list[tuple[str, str]]:
    """The two shorthands that mails write colours and sizes in."""
    value = value.lower()
    if name == "background":
        parts: list[Any] = list(tinycss2.parse_component_value_list(value))
        paint = next((one for one in parts if colour(one.serialize()) is not None), None)
        is_image = any(one.type == "url" or (one.type == "function" and one.lower_name != "rgb") for one in parts)
        is_image = is_image and not (paint is not None and paint.type == "function")
        return [
            ("background-color", paint.serialize() if paint is not None else "transparent"),
            ("background-image", value if is_image else ""),
        ]
    if name == "font":
        sizes = [one for one in tinycss2.parse_component_value_list(value) if one.type in ("dimension", "percentage")]
        bold = [("font-weight", "bold")] if "bold" in value.split() else []
        return [("font-size", sizes[0].serialize()), *bold] if sizes else bold
    if name == "background-image" and value == "none":
        return [(name, "")]
    return [(name, value)]
