"""The plain-text alternative, read off the finished HTML so that both always say the same."""

import re

from lxml.etree import _Comment
from lxml.html import HtmlElement

from templates_app.rules.liquid.placeholders import Placeholders

_SKIPPED = frozenset({"head", "style", "script", "title", "template"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"})
_LINES = frozenset({"div", "tr", "li", "section", "article", "header", "footer", "dt", "dd", "center"})
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u200c\u034f\u00ad]+")


def plain_text(body: HtmlElement, placeholders: Placeholders) -> str:
    """Headings, paragraphs, lists, tables and `text (link)` in reading order; Liquid blocks stay around their text."""
    writer = _Writer(placeholders)
    writer.element(body)
    return writer.finished()


class _Writer:
    """Breaks are written only when the next text comes, so that a skipped Liquid block leaves no gap."""

    def __init__(self, placeholders: Placeholders) -> None:
        self.placeholders = placeholders
        self.out: list[str] = []
        self.wanted = self.written = 2  # line breaks since the last text: wanted, and already there
        self.space = False
        self.counters: list[int | None] = []

    def finished(self) -> str:
        return "".join(self.out).strip("\n ") + "\n"

    def element(self, element: HtmlElement) -> None:
        if isinstance(element, _Comment):
            self._comment(element.text or "")
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED and not _is_hidden(element):
            self._tag(element)

    def _tag(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "br":
            self._break(max(self.wanted, self.written) + 1)
        elif tag == "hr":
            self._break(2)
            self._write("----------")
            self._break(2)
        elif tag == "img":
            self._text(f" {element.get('alt', '')} " if element.get("alt") else "")
        elif tag == "a":
            self._link(element)
        else:
            self._block(element)

    def _block(self, element: HtmlElement) -> None:
        level = self._level(element)
        self._break(level)
        self._open(element)
        self._children(element)
        self._shut(element)
        self._break(level)

    def _level(self, element: HtmlElement) -> int:
        if element.tag in ("td", "th"):
            return 2 if _is_layout(element) else 0
        if element.tag == "table" and not _is_layout(element):
            return 2
        if element.tag in _PARAGRAPHS:
            return 2
        return 1 if element.tag in _LINES else 0

    def _open(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in ("ul", "ol"):
            self.counters.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._write(self._bullet())
        elif tag in ("td", "th") and not _is_layout(element) and element.getprevious() is not None:
            if any(isinstance(cell.tag, str) for cell in element.itersiblings(preceding=True)):
                self.space = False
                self._write(" | ")
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._write("# " if tag == "h1" else "## ")

    def _shut(self, element: HtmlElement) -> None:
        if element.tag in ("ul", "ol"):
            self.counters.pop()

    def _bullet(self) -> str:
        if not self.counters or self.counters[-1] is None:
            return "- "
        self.counters[-1] += 1
        return f"{self.counters[-1]}. "

    def _children(self, element: HtmlElement) -> None:
        self._text(element.text or "")
        for child in element:
            self.element(child)
            self._text(child.tail or "")

    def _link(self, element: HtmlElement) -> None:
        href = (element.get("href") or "").strip()
        before = len(self.out)
        self._children(element)
        if not href or href.startswith("#"):
            return
        href = href.removeprefix("mailto:").removeprefix("tel:") if "?" not in href else href
        said = "".join(self.out[before:]).strip()
        if said != href:
            self._text(f" ({href})" if said else href)

    def _comment(self, text: str) -> None:
        """A Liquid tag: the breaks before it belong to what came before, whether or not its block is shown."""
        if not re.fullmatch(rf"{self.placeholders.prefix}\d+", text):
            return
        self._flush()
        self.out.append(f"<!--{text}-->")

    def _break(self, level: int) -> None:
        self.wanted = max(self.wanted, level)
        self.space = self.space and not level

    def _flush(self) -> None:
        missing = min(self.wanted, 2) - self.written
        if missing > 0:
            self.out.append("\n" * missing)
            self.written += missing
        elif self.space and not self.written:
            self.out.append(" ")
        self.wanted, self.space = 0, False

    def _text(self, text: str) -> None:
        text = _SPACE.sub(" ", text)
        if not text.strip():
            self.space = self.space or bool(text)
            return
        self.space = self.space or text[0] == " "
        self._write(text.strip())
        self.space = text[-1] == " "

    def _write(self, text: str) -> None:
        self._flush()
        self.out.append(text)
        self.written = 0


def _is_layout(element: HtmlElement) -> bool:
    table = element if element.tag == "table" else next(element.iterancestors("table"), None)
    return table is not None and table.get("role") in ("presentation", "none")


def _is_hidden(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "mso-hide:all" in style or element.get("hidden") is not None
