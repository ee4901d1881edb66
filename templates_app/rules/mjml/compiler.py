"""MJML to HTML by mjml-python (mrml), with its errors in words."""

import re

from mjml import mjml2html

from templates_app.errors import Problem, TemplateErrors
from templates_app.rules.liquid.placeholders import Placeholders
from templates_app.rules.mjml.source import Prepared

_POSITION = re.compile(r"at position (\d+):\d+")


def compile_mjml(prepared: Prepared, placeholders: Placeholders) -> str:
    """The HTML of checked MJML; Liquid is still hidden. Raises TemplateErrors."""
    try:
        # No fonts: the default would fetch some from Google whenever a family of theirs is named.
        compiled: str = mjml2html(prepared.mjml, fonts={})
        # As mjml itself does and mrml does not: neighbouring conditions for Outlook become one, 34 octets lighter.
        return compiled.replace("<![endif]--><!--[if mso | IE]>", "")
    except ValueError as error:
        said = str(error)
    except BaseException as panic:  # mrml is Rust: its panics are no Exception.
        if type(panic).__name__ != "PanicException":
            raise
        said = "an attribute has a value that it cannot work with"
    found = _POSITION.search(said)
    line = None
    if found:
        before = prepared.mjml.encode()[: int(found[1])].decode(errors="ignore")
        line = placeholders.source_before(before).count("\n") + 1
    reason = said.split(" in root template")[0]
    advice = "Check that tags are closed and attributes quoted, and that sizes are plain numbers."
    raise TemplateErrors([Problem(f"MJML cannot be compiled: {reason}.", advice, line)])
