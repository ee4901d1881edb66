"""Subjects as people read them in lists and reports, where code would only be in the way."""

from functools import lru_cache

from liquid.exceptions import LiquidError

from templates_app.rules.liquid.environment import MailEnvironment


@lru_cache(maxsize=4096)
def line_as_read(source: str) -> str:
    """The line with its fallbacks, as it reaches somebody of whom nothing is known; as typed where that is broken."""
    if "{" not in source:
        return source
    try:
        read = MailEnvironment().from_string(source).render()
    except LiquidError:
        return source
    return " ".join(read.split()) or source
