"""Compiles content without storing it: for previews, checks and the command line. Touches no database."""

from collections.abc import Collection

from templates_app.rules.compilation import compile_source
from templates_app.rules.portable import portable_html, portable_text
from templates_app.types import CompiledContent, FooterFacts

__all__ = ["compile_content", "portable_html", "portable_text"]


def compile_content(
    *,
    source: str,
    subject: str = "",
    preheader: str = "",
    organisation: FooterFacts | None,
    known_tags: Collection[str] | None = None,
) -> CompiledContent:
    """MJML + Liquid to HTML and text. Without an organisation there is no footer, so it must not be sent.

    Given `known_tags` (paths such as `contact.first_name`), any other merge tag is an error.
    Raises TemplateErrors, which name each problem's line and what to write instead.
    """
    return compile_source(
        source=source, subject=subject, preheader=preheader, footer=organisation, known_tags=known_tags
    )
