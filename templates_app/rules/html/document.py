"""Finishes the HTML that MJML compiled to: styles, language, preheader, links, footer, pixel, text."""

import logging
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement, builder
from premailer import Premailer

from templates_app.rules.html.dom import each, parse
from templates_app.rules.html.footer import build_footer, footer_style
from templates_app.rules.html.links import fit_values, number_links
from templates_app.rules.html.plain_text import plain_text
from templates_app.rules.liquid.placeholders import Placeholders
from templates_app.types import FooterFacts

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "ur", "yi"})
# Keeps the inbox from filling up the preview line with the body's first words.
_PREHEADER_END = "\u034f\u00a0" * 40
_HIDDEN = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;"


@dataclass(frozen=True, slots=True)
class Finishing:
    """What the HTML still lacks; texts hold placeholders where their Liquid was."""

    lang: str
    direction: str
    subject: str
    preheader: str
    inline_css: list[str]
    background: str
    footer: FooterFacts | None


@dataclass(frozen=True, slots=True)
class Finished:
    html: str
    text: str
    links: tuple[str, ...]


def finish(compiled: str, finishing: Finishing, placeholders: Placeholders) -> Finished:
    """The complete HTML with Liquid put back, its text, and the targets of its numbered links."""
    if any(css.strip() for css in finishing.inline_css):
        compiled = inline_styles(compiled, finishing.inline_css)
    root = parse(compiled)
    lang = finishing.lang or "en"
    _describe(root, lang, finishing)
    _drop_empty_styles(root)
    body = root.body
    if finishing.preheader:
        _add_preheader(body, finishing.preheader)
    fit_values(root, placeholders)
    links = number_links(root, placeholders)
    if finishing.footer:
        _add_footer(root, body, build_footer(finishing.footer, lang, finishing.background, placeholders))
    text = plain_text(body, placeholders)
    body.append(builder.DIV(placeholders.add("{% pixel %}"), style="line-height:1px;font-size:1px;"))
    written = etree.tostring(root, method="html", encoding="unicode", doctype="<!doctype html>").rstrip() + "\n"
    return Finished(placeholders.restore(written), placeholders.restore(text), tuple(links))


def inline_styles(document: str, css: list[str]) -> str:
    """Writes these rules into style attributes; the document's own style sheets stay as they are."""
    kept = document.replace("<style", '<style data-premailer="ignore"')
    inliner = Premailer(
        kept,
        css_text=css,
        allow_network=False,
        disable_basic_attributes=["align", "bgcolor", "height", "valign", "width"],
        disable_validation=True,
        cssutils_logging_level=logging.CRITICAL,
        strip_important=False,
        align_floating_images=False,
    )
    return str(inliner.transform(pretty_print=False)).replace(' data-premailer="ignore"', "")


def _describe(root: HtmlElement, lang: str, finishing: Finishing) -> None:
    direction = finishing.direction or ("rtl" if lang.lower().split("-")[0] in _RIGHT_TO_LEFT else "ltr")
    for element in root.iter("html", "div"):
        if element.tag == "html" or element.get("role") == "article":
            element.set("lang", lang)
            element.set("dir", direction)
            if element.tag == "div" and not element.get("aria-label"):
                element.set("aria-label", finishing.subject)
    head = root.head
    title = head.find("title")
    if title is None:
        title = etree.SubElement(head, "title")
    title.text = title.text if (title.text or "").strip() else finishing.subject
    if _is_dark_ready(root) and not head.xpath("meta[@name='color-scheme']"):
        for name in ("color-scheme", "supported-color-schemes"):
            head.append(builder.META(name=name, content="light dark"))


def _drop_empty_styles(root: HtmlElement) -> None:
    for style in each(root, "style"):
        if not (style.text or "").strip():
            style.drop_tree()


def _is_dark_ready(root: HtmlElement) -> bool:
    return any("prefers-color-scheme" in (style.text or "") for style in root.iter("style"))


def _add_preheader(body: HtmlElement, preheader: str) -> None:
    body.insert(0, builder.DIV(preheader + _PREHEADER_END, style=_HIDDEN))


def _add_footer(root: HtmlElement, body: HtmlElement, footer: HtmlElement) -> None:
    """The last thing in the body: whatever a template left open ends before it."""
    body.append(footer)
    style = etree.SubElement(root.head, "style", type="text/css")
    style.text = footer_style(footer, dark=_is_dark_ready(root))


def visible_text(document: str) -> str:
    """What a reader sees of an HTML document, with white space collapsed."""
    root = parse(document)
    for hidden in each(root, "head", "style", "script"):
        hidden.drop_tree()
    return " ".join(root.text_content().split())
