"""Finds what may be one of our keyed tokens; whether it is one, its MAC tells."""

import re

from deliverability.rules.tokens import TOKEN_LENGTH

# A mail carries its own token a handful of times; hostile ones carry thousands of others.
_MOST = 50
_TOKEN = re.compile(rf"(?<![A-Za-z0-9_\-])[A-Za-z0-9_\-]{{{TOKEN_LENGTH}}}(?![A-Za-z0-9_\-])")


def tokens_in(text: str) -> tuple[str, ...]:
    """In order of appearance, each once. Quoted-printable breaks long links, so its soft line ends are undone."""
    return tuple(dict.fromkeys(_TOKEN.findall(text.replace("=\n", ""))))[:_MOST]
