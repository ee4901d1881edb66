"""The footer that the law asks for, which the server appends and no template can remove."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement, builder

from templates_app.rules.html.dom import each, parse
from templates_app.rules.liquid.placeholders import Placeholders, literal
from templates_app.types import FooterFacts


@dataclass(frozen=True, slots=True)
class FooterWords:
    """The footer in one language; `{list}` stands for the mailing list's name."""

    reason: str
    unsubscribe: str
    preferences: str


WORDS = {
    "en": FooterWords("You get this mail because you subscribed to {list}.", "Unsubscribe", "Your preferences"),
    "de": FooterWords("Sie erhalten diese Mail, weil Sie {list} abonniert haben.", "Abmelden", "Ihre Einstellungen"),
    "fr": FooterWords("Vous recevez cet e-mail car vous êtes abonné(e) à {list}.", "Se désabonner", "Vos préférences"),
    "es": FooterWords("Recibe este correo porque se suscribió a {list}.", "Darse de baja", "Sus preferencias"),
    "it": FooterWords(
        "Riceve questa e-mail perché è iscritto/a a {list}.", "Annulla l’iscrizione", "Le sue preferenze"
    ),
}
LIST_NAME = "{{ list.name | default: organisation.name }}"

# Inline and important, so that no style sheet of a template can hide them.
_VISIBLE = "visibility:visible !important;opacity:1 !important;max-height:none !important;"
_TEXT = (
    "font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px !important;"
    "line-height:20px !important;"
)
_HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
# Soft inks first; one of black and white reaches 4.5:1 (WCAG 2.1 AA) on any colour.
_INKS = ("#4a4540", "#f2efec", "#000000", "#ffffff")
_BLOCK = f"display:block !important;{_VISIBLE}"
DARK_STYLE = (
    "@media (prefers-color-scheme:dark){.sw-footer,.sw-footer td{background-color:#161616 !important}"
    ".sw-footer p,.sw-footer a{color:#b8b8b8 !important}}"
)


def footer_style(footer: HtmlElement, *, dark: bool) -> str:
    """The style sheet that keeps a template's own rules for p and a out of the footer."""
    ink = str(footer.get("data-ink"))
    del footer.attrib["data-ink"]
    return f".sw-footer p,.sw-footer a{{color:{ink} !important}}{DARK_STYLE if dark else ''}"


def words_for(lang: str) -> FooterWords:
    """The footer's words in a language tag's language, else in English."""
    return WORDS.get(lang.lower().replace("_", "-").split("-")[0], WORDS["en"])


def build_footer(facts: FooterFacts, lang: str, background: str, placeholders: Placeholders) -> HtmlElement:
    """A table of its own on the page's colour, in whichever ink reads better on it, with links at finger size."""
    background = background if _HEX_COLOUR.fullmatch(background) else "#f6f5f4"
    ink = _readable_on(background)
    words = words_for(lang)
    reason = words.reason.replace("{list}", placeholders.add(LIST_NAME))
    address = ", ".join(line.strip() for line in facts.postal_address.splitlines() if line.strip())
    sender = (
        placeholders.add(literal(f"{facts.organisation} · {address}"))
        if "{" in f"{facts.organisation}{address}"
        else f"{facts.organisation} · {address}"
    )
    cell = builder.TD(
        *([_logo(facts)] if facts.logo_url else []),
        _paragraph(reason, ink),
        _links(words, ink, placeholders),
        _paragraph(sender, ink),
        align="center",
        style=f"padding:24px 20px 32px;background-color:{background};{_VISIBLE}display:table-cell !important;",
        bgcolor=background,
    )
    table = builder.TABLE(
        builder.TBODY(
            builder.TR(cell, style=f"display:table-row !important;{_VISIBLE}"),
            style="display:table-row-group !important;",
        ),
        role="presentation",
        width="100%",
        cellpadding="0",
        cellspacing="0",
        border="0",
        style=f"display:table !important;width:100%;{_VISIBLE}",
    )
    footer = builder.DIV(table, lang=lang, style=f"{_BLOCK}clear:both;")
    footer.set("class", "sw-footer")
    footer.set("data-ink", ink)
    footer.set("role", "contentinfo")
    return footer


def _readable_on(background: str) -> str:
    def contrast(ink: str) -> float:
        darker, lighter = sorted((_luminance(ink), _luminance(background)))
        return (lighter + 0.05) / (darker + 0.05)

    return next(ink for ink in _INKS if contrast(ink) >= 4.5)


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.1, from 0 (black) to 1."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _paragraph(text: str, ink: str) -> HtmlElement:
    return builder.P(text, style=f"margin:0 0 6px;{_BLOCK}{_TEXT}color:{ink};text-align:center;")


def _logo(facts: FooterFacts) -> HtmlElement:
    # Outlook reads the attribute, the others the style; the width follows from the picture.
    picture = builder.IMG(
        src=facts.logo_url,
        alt=facts.organisation,
        height="40",
        style="display:inline-block;height:40px;width:auto;max-width:200px;border:0;",
    )
    return builder.DIV(picture, style="margin:0 0 12px;text-align:center;")


def _links(words: FooterWords, ink: str, placeholders: Placeholders) -> HtmlElement:
    paragraph = builder.DIV(style=f"{_BLOCK}text-align:center;")
    for word, target in ((words.unsubscribe, "unsubscribe"), (words.preferences, "preferences")):
        link = builder.A(
            word,
            href=placeholders.add(f"{{% link {target} %}}"),
            style=(
                f"display:inline-block !important;{_VISIBLE}{_TEXT}color:{ink};"
                "padding:12px 10px;text-decoration:underline;"
            ),
        )
        paragraph.append(builder.DIV(link, style=f"display:inline-block !important;{_VISIBLE}"))
    return paragraph


def is_shown(document: str, *, url: str, facts: FooterFacts) -> bool:
    """Whether a rendered mail shows the link `url` and the sender's address where a reader finds them."""
    root = parse(document)
    body = root.body
    links = [link for link in each(body, "a") if link.get("href") == url and link.text_content().strip()]
    if not links or not any("sw-footer" in (parent.get("class") or "") for parent in links[-1].iterancestors()):
        return False
    seen = " ".join(_visible_text(body).split())
    lines = [" ".join(line.split()) for line in (facts.organisation, *facts.postal_address.splitlines())]
    return all(line in seen for line in lines)


def _visible_text(element: HtmlElement) -> str:
    parts = [element.text or ""]
    for child in element:
        hidden = "display:none" in (child.get("style") or "").replace(" ", "")
        if isinstance(child.tag, str) and child.tag not in ("style", "script") and not hidden:
            parts.append(_visible_text(child))
        parts.append(child.tail or "")
    return " ".join(parts)
