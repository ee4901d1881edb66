"""lxml's HTML tree with the types that its stubs leave open."""

from typing import cast

from lxml import html
from lxml.html import HtmlElement


def parse(document: str) -> HtmlElement:
    """The root of a whole HTML document."""
    return cast(HtmlElement, html.document_fromstring(document))


def each(root: HtmlElement, *tags: str) -> list[HtmlElement]:
    """Every element with one of these tags, as a list that stays valid while the tree changes."""
    return list(root.iter(*tags))
