"""Compiled content for eyes outside Sendwell: link numbers give way to their targets, merge tags stay."""

import html
import re

from templates_app.types import CompiledContent

_OWN_TAGS = re.compile(r"\{% (?:link (\w+)|(?:end)?personal_link|pixel) %\}")


def portable_html(content: CompiledContent) -> str:
    """The HTML with plain link targets."""
    return _opened(content.html, [html.escape(target) for target in content.links])


def portable_text(content: CompiledContent) -> str:
    """The text with plain link targets."""
    return _opened(content.text, content.links)


def _opened(compiled: str, targets: list[str] | tuple[str, ...]) -> str:
    def replace(found: re.Match[str]) -> str:
        if not (target := found[1]):
            return ""
        return targets[int(target)] if target.isdigit() else f"{{{{ {target}_url }}}}"

    return _OWN_TAGS.sub(replace, compiled)
