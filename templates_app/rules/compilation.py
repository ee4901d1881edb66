"""From what an author writes to content that a merge plan can be made of."""

import re
from collections.abc import Collection

from liquid.ast import Node
from liquid.exceptions import LiquidError

from templates_app.errors import Problem, TemplateErrors
from templates_app.rules.html.document import Finishing, finish
from templates_app.rules.html.footer import is_shown
from templates_app.rules.liquid import environment
from templates_app.rules.liquid.analysis import liquid_problems, merge_tags, unescape_liquid
from templates_app.rules.liquid.destinations import Destinations
from templates_app.rules.liquid.nodes import DESTINATIONS, LinkNode
from templates_app.rules.liquid.placeholders import Placeholders
from templates_app.rules.mjml.compiler import compile_mjml
from templates_app.rules.mjml.source import prepare
from templates_app.types import CompiledContent, FooterFacts, MessageLinks

# Larger than any mail can be (Gmail clips at 102 KB), small enough to bound the work.
MAX_SOURCE = 500_000
# No character of HTML; they come in by copy and paste.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def compile_source(
    *,
    source: str,
    subject: str,
    preheader: str,
    footer: FooterFacts | None,
    known_tags: Collection[str] | None = None,
) -> CompiledContent:
    """MJML + Liquid to HTML, text, links and merge tags. Raises TemplateErrors that name every problem's line."""
    source, subject, preheader = (_clean(text) for text in (source, " ".join(subject.split()), preheader))
    if footer:
        footer = FooterFacts(_clean(footer.organisation), _clean(footer.postal_address), footer.logo_url)
    _check_liquid(source, subject, preheader, known_tags)
    placeholders = Placeholders(source, subject, preheader, str(footer))
    prepared = prepare(placeholders.protect(source), placeholders, keep_preview=not preheader)
    finished = finish(
        compile_mjml(prepared, placeholders),
        Finishing(
            lang=prepared.lang,
            direction=prepared.direction,
            subject=placeholders.protect(subject),
            preheader=placeholders.protect(preheader),
            inline_css=prepared.inline_css,
            background=prepared.background,
            footer=footer,
        ),
        placeholders,
    )
    tags = dict.fromkeys(tag.path for text in (subject, preheader, source) for tag in merge_tags(text))
    content = CompiledContent(subject, finished.html, finished.text, finished.links, tuple(tags))
    _check_whole(content)
    if footer:
        check_footer(content, footer)
    return content


def _check_whole(content: CompiledContent) -> None:
    """Liquid blocks that cross the markup's own may lose an end when comments and attributes are rewritten."""
    try:
        environment.HTML.from_string(content.html)
        environment.TEXT.from_string(content.text)
    except LiquidError as error:
        advice = "Look for a block that begins in a comment or a hidden element and ends outside of it."
        raise TemplateErrors([Problem("A Liquid block crosses the borders of the markup.", advice)]) from error


def _clean(text: str) -> str:
    return unescape_liquid(_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def _check_liquid(source: str, subject: str, preheader: str, known_tags: Collection[str] | None) -> None:
    problems: list[Problem] = []
    if len(source) > MAX_SOURCE:
        problems.append(Problem(f"The source has {len(source):,} characters.", f"At most {MAX_SOURCE:,} are possible."))
    else:
        problems += liquid_problems(source, "source", known_tags)
    problems += liquid_problems(subject, "subject", known_tags)
    problems += liquid_problems(preheader, "preheader", known_tags)
    if problems:
        raise TemplateErrors(problems)


def check_footer(content: CompiledContent, footer: FooterFacts) -> None:
    """Makes sure that every reader finds the way out and the sender's address. Raises TemplateErrors."""
    template = environment.HTML.from_string(content.html)
    url = "https://unsubscribe.invalid/"
    links = MessageLinks(unsubscribe_url=url, preferences_url="https://preferences.invalid/")
    shown = template.render(**{DESTINATIONS: Destinations(links, content.links)})
    if not any(_is_unsubscribe(node) for node in template.nodes) or not is_shown(shown, url=url, facts=footer):
        raise TemplateErrors(
            [
                Problem(
                    "The compiled mail hides its unsubscribe link or the postal address.",
                    "Look for an element or comment that is left open near the end, and for styles on every link.",
                )
            ]
        )


def _is_unsubscribe(node: Node) -> bool:
    return isinstance(node, LinkNode) and node.target == "unsubscribe"
