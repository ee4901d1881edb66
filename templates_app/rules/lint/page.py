"""A mail's HTML, read once for all checks: its elements with their lines, and everything that its CSS says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from lxml import etree
from lxml.etree import _Element

from templates_app.rules.lint.css import Css

# Characters that libxml2 takes for the end, or refuses.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN = frozenset({"head", "style", "script", "title", "template"})
_CONDITION = re.compile(r"<!(?:--)?(?:<!)?\[(?:if|endif)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    text: str
    line: int

    @property
    def is_conditional(self) -> bool:
        """For Outlook on Windows, which reads what the others skip."""
        return _CONDITION.match(self.text) is not None


@dataclass(frozen=True)
class Page:
    """`source` is HTML as it would be sent. Liquid may still stand in it."""

    source: str
    root: _Element | None = field(repr=False)

    @cached_property
    def css(self) -> Css:
        css = Css()
        for element in self.elements:
            if element.tag == "style" and element.text:
                css.read_sheet(element.text, line_of(element))
            if style := element.get("style"):
                css.read_attribute(style, line_of(element), selector_of(element), element)
        return css

    @cached_property
    def elements(self) -> list[_Element]:
        """In the order of the document; comments and processing instructions left out."""
        if self.root is None:
            return []
        return [element for element in self.root.iter() if isinstance(element.tag, str)]

    @cached_property
    def comments(self) -> list[Comment]:
        return [
            Comment(found[0], self.source.count("\n", 0, found.start()) + 1) for found in _COMMENT.finditer(self.source)
        ]

    def each(self, *tags: str) -> Iterator[_Element]:
        return (element for element in self.elements if element.tag in tags)

    @cached_property
    def text(self) -> str:
        """What a reader sees, white space collapsed."""
        return words_of(self.root) if self.root is not None else ""


def read_page(source: str) -> Page:
    """Any text is a page, however broken; an empty one has no elements."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    readable = _UNREADABLE.sub("\ufffd", source).encode("utf-8", "replace")
    try:
        root = etree.fromstring(readable, parser)
    except etree.XMLSyntaxError:
        root = None
    return Page(source, root)


def line_of(element: _Element) -> int:
    line = cast("int | None", element.sourceline)
    return line or 1


def selector_of(element: _Element) -> str:
    """Enough to find an element by: its tag with its id, or with its classes."""
    name = str(element.tag)
    if identifier := element.get("id"):
        return f"{name}#{identifier}"
    return ".".join([name, *(element.get("class") or "").split()[:2]])


def words_of(element: _Element) -> str:
    """What can be read in an element, white space collapsed."""
    return " ".join(" ".join(_texts(element)).split())


def _texts(root: _Element) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start" and (not isinstance(element.tag, str) or element.tag in _UNSEEN):
            walk.skip_subtree()
        elif event == "start":
            yield element.text or ""
        else:
            yield element.tail or ""
