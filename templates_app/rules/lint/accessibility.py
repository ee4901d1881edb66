"""Whether everybody can read the mail: with a screen reader, with weak eyes, with images off, with a thumb."""

import re
from collections.abc import Iterator

from lxml.etree import _Element
from tinycss2.color3 import RGBA

from templates_app.rules.lint.catalogue import finding
from templates_app.rules.lint.findings import Finding
from templates_app.rules.lint.known import VAGUE_LINKS
from templates_app.rules.lint.looks import Looks, Style, colour, contrast, pixels
from templates_app.rules.lint.page import Page, line_of, selector_of, words_of

_SMALLEST_TEXT, _SMALLEST_TARGET = 14.0, 44.0
_LARGE, _LARGE_BOLD = 24.0, 18.66
_LAYOUT_ROLES = frozenset({"presentation", "none"})
_CAPITALS = re.compile(r"[^\W\d_]")
_MANY_CAPITALS = 40


def check_accessibility(page: Page, looks: Looks) -> Iterator[Finding]:
    yield from _document(page)
    yield from _images(page)
    yield from _tables(page)
    yield from _headings(page)
    yield from _links(page, looks)
    yield from _text(page, looks)


def check_emptiness(page: Page) -> Iterator[Finding]:
    if page.text:
        return
    if any(True for _ in page.each("img")):
        yield finding("image-only", "The mail is made of images alone. Write what it says as text.")
    else:
        yield finding("empty-mail", "There is nothing to read in the mail. Write something.")


def _document(page: Page) -> Iterator[Finding]:
    root = page.root
    if root is None:
        return
    marked = [root, *page.each("body", "div", "table", "td")]
    if not any(one.get("lang") for one in marked):
        message = 'The mail does not say its language. Write <html lang="en">, or what it is written in.'
        yield finding("lang-missing", message, line=line_of(root), selector="html")
    if not any(one.get("dir") for one in marked):
        message = 'The mail does not say which way its lines run. Write <html dir="ltr">, or rtl.'
        yield finding("dir-missing", message, line=line_of(root), selector="html")
    if not any((one.text or "").strip() for one in page.each("title")):
        yield finding("title-missing", "The mail has no <title>. Its subject makes a good one.", selector="head")


def _images(page: Page) -> Iterator[Finding]:
    for image in page.each("img", "area"):
        if image.get("alt") is None and image.get("role") not in _LAYOUT_ROLES and not _is_pixel(image):
            name = (image.get("src") or image.get("href") or "").rpartition("/")[2][:80]
            message = f'The image {name} has no alt text. Say what it shows, or mark it as decoration with alt="".'
            yield finding("alt-missing", message, line=line_of(image), selector=selector_of(image))
    for link in page.each("a"):
        if _is_mute(link):
            message = "The only thing in this link is an image without words. Say in its alt text where it leads."
            yield finding("alt-missing", message, line=line_of(link), selector=selector_of(link))


def _is_mute(link: _Element) -> bool:
    """Nothing to be read out but images that call themselves decoration; those without alt are told of already."""
    alts = [image.get("alt") for image in link.iter("img")]
    return any(alt is not None for alt in alts) and not any(alts) and not words_of(link) and not link.get("aria-label")


def _is_pixel(image: _Element) -> bool:
    return image.get("width") in ("1", "0") and image.get("height") in ("1", "0")


def _tables(page: Page) -> Iterator[Finding]:
    tables = [table for table in page.each("table") if _is_layout(table)]
    if tables:
        times = f" {len(tables)} tables lack it, this one first." if len(tables) > 1 else ""
        message = f'A table that arranges things needs role="presentation".{times}'
        yield finding("table-role-missing", message, line=line_of(tables[0]), selector=selector_of(tables[0]))


def _is_layout(table: _Element) -> bool:
    if table.get("role"):
        return False
    own = [one for one in table.iter("th", "caption") if next(one.iterancestors("table"), None) is table]
    return not own


def _headings(page: Page) -> Iterator[Finding]:
    before = 0
    for heading in page.each("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(str(heading.tag)[1])
        if before and level > before + 1:
            message = f"After a heading of level {before} comes one of level {level}. Use level {before + 1}."
            yield finding("heading-order", message, line=line_of(heading), selector=selector_of(heading))
        before = level


def _links(page: Page, looks: Looks) -> Iterator[Finding]:
    for link in page.each("a"):
        words = words_of(link)
        if words.lower().strip(" .…!›»→>") in VAGUE_LINKS and not link.get("aria-label"):
            message = f"“{words}” does not say where the link leads. Name what people get there."
            yield finding("vague-link", message, line=line_of(link), selector=selector_of(link))
        height = _button_height(link, looks)
        if height is not None and height < _SMALLEST_TARGET:
            message = (
                f"The button “{words[:60]}” is {height:.0f} px high. Give it {_SMALLEST_TARGET:.0f} px by padding."
            )
            yield finding("small-target", message, line=line_of(link), selector=selector_of(link))


def _button_height(link: _Element, looks: Looks) -> float | None:
    """None for links in running text, whose height is their line's (WCAG 2.5.8 leaves those out)."""
    style = looks.of(link)
    if style.get("display") not in ("block", "inline-block") or not words_of(link):
        return None
    if not style.get("background-color") and not style.get("border"):
        return None
    size = looks.size(link)
    line = pixels(style["line-height"], size) if "line-height" in style else None
    line = line if line else size * 1.2
    paddings = [_padding(style, side, size) for side in ("top", "bottom")]
    fixed = pixels(style["height"], size) if "height" in style else None
    return fixed if fixed else line + sum(paddings)


def _padding(style: Style, side: str, size: float) -> float:
    if f"padding-{side}" in style:
        return pixels(style[f"padding-{side}"], size) or 0.0
    parts = style.get("padding", "").split()
    if not parts:
        return 0.0
    return pixels(parts[0] if side == "top" or len(parts) < 3 else parts[2], size) or 0.0


def _text(page: Page, looks: Looks) -> Iterator[Finding]:
    small: list[_Element] = []
    faint: dict[tuple[str, str], tuple[_Element, float, int]] = {}
    for element in page.elements:
        text = " ".join((element.text or "").split())
        if element.tag in ("style", "script", "title", "head") or not text or looks.is_hidden(element):
            continue
        if looks.size(element) < _SMALLEST_TEXT and len(text) > 1:
            small.append(element)
        _weigh(element, looks, faint)
        yield from _manner(element, text, looks)
    if small:
        size = looks.size(small[0])
        times = (
            f" {len(small)} places are smaller than {_SMALLEST_TEXT:.0f} px, this one first." if len(small) > 1 else ""
        )
        message = f"The text is {size:.0f} px high. Make it {_SMALLEST_TEXT:.0f} px at least.{times}"
        yield finding("small-text", message, line=line_of(small[0]), selector=selector_of(small[0]))
    yield from _faint(faint)


def _weigh(element: _Element, looks: Looks, faint: dict[tuple[str, str], tuple[_Element, float, int]]) -> None:
    text, behind = colour(looks.of(element).get("color", "black")), looks.background(element)
    if text is None or behind is None or text.alpha < 1:
        return
    is_large = looks.size(element) >= (_LARGE_BOLD if looks.is_bold(element) else _LARGE)
    ratio = contrast(text, behind)
    if ratio < (3.0 if is_large else 4.5):
        pair = (_hex(text), _hex(behind))
        first, _, times = faint.get(pair, (element, ratio, 0))
        faint[pair] = (first, ratio, times + 1)


def _faint(faint: dict[tuple[str, str], tuple[_Element, float, int]]) -> Iterator[Finding]:
    for (text, behind), (element, ratio, times) in faint.items():
        also = f" {times} places have it, this one first." if times > 1 else ""
        message = f"{text} on {behind} has a contrast of {ratio:.1f} to 1; 4.5 are needed, 3 for large text.{also}"
        yield finding("contrast", message, line=line_of(element), selector=selector_of(element))


def _manner(element: _Element, text: str, looks: Looks) -> Iterator[Finding]:
    style = looks.of(element)
    letters = _CAPITALS.findall(text)
    is_shouted = style.get("text-transform") == "uppercase" or all(letter.isupper() for letter in letters)
    if len(letters) >= _MANY_CAPITALS and is_shouted:
        message = "A whole sentence stands in capitals. Write it as a sentence."
        yield finding("all-caps", message, line=line_of(element), selector=selector_of(element))
    if style.get("text-align") == "justify" and len(text) > _MANY_CAPITALS:
        message = "Justified text. Align it to the side where its lines begin."
        yield finding("justified-text", message, line=line_of(element), selector=selector_of(element))


def _hex(value: RGBA) -> str:
    parts = (value.red, value.green, value.blue)
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in parts)
