"""Checks a mail's content: for the editor, the gate before sending, and the command line. Touches no database."""

from dataclasses import replace
from pathlib import Path

from templates_app.errors import TemplateError, TemplateErrors
from templates_app.rules.lint.catalogue import RULES, finding
from templates_app.rules.lint.checking import lint_html
from templates_app.rules.lint.findings import Finding, Severity
from templates_app.rules.lint.wording import Envelope
from templates_app.services.compilation import compile_content, portable_html

__all__ = ["RULES", "Envelope", "Finding", "Severity", "Unreadable", "lint_file", "lint_html", "lint_mjml"]


class Unreadable(TemplateError):
    """A file that cannot be checked, with what a person can do."""


def lint_file(*, path: Path, envelope: Envelope | None = None, is_marketing: bool = True) -> list[Finding]:
    """What is to be said of an HTML or MJML file, and of what stands around it where that is given. Raises
    Unreadable."""
    try:
        source = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise Unreadable(f"{error.strerror}: {path}. Nothing of it was checked. Check the path.") from error
    if path.suffix.lower() == ".mjml" or "<mjml" in source[:2_000].lower():
        return lint_mjml(source=source, envelope=envelope)
    return lint_html(source, envelope=envelope, is_marketing=is_marketing)


def lint_mjml(*, source: str, envelope: Envelope | None = None) -> list[Finding]:
    """Findings of the HTML that it compiles to, or the compiler's own. The way out and the address come with Sendwell's
    footer, so nobody is told to write them."""
    try:
        content = compile_content(source=source, subject=envelope.subject if envelope else "", organisation=None)
    except TemplateErrors as errors:
        return [
            finding("not-compiled", f"{one.message} {one.advice}".strip(), line=one.line) for one in errors.problems
        ]
    found = lint_html(portable_html(content), envelope=envelope, is_marketing=False)
    # Lines of the compiled HTML would mislead in the MJML.
    return [replace(one, line=None) for one in found]
