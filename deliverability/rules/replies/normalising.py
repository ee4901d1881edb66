"""Takes out of a reply what is different each time, so that the same reply is counted once."""

import re

_LONGEST = 300
_STEPS = (
    (re.compile(r"https?://\S+", re.IGNORECASE), "<url>"),
    (re.compile(r"<?[^\s<]+@[\w.\-]+>?"), "<address>"),
    (re.compile(r"\[?\b\d{1,3}(\.\d{1,3}){3}\b\]?|\b[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,}\b", re.IGNORECASE), "<ip>"),
    (re.compile(r"\b(?:[a-z0-9\-]+\.){2,}[a-z]{2,}\b", re.IGNORECASE), "<host>"),
    # Queue ids and the like: letters and digits mixed.
    (re.compile(r"\b(?=[\w\-]*\d)(?=[\w\-]*[a-z])[\w\-]{6,}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\d+"), "0"),
    (re.compile(r"\s+"), " "),
)


def normalise_reply(text: str) -> str:
    """At most 300 characters, with addresses, hosts, links, ids and numbers replaced by what they are."""
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text.strip()[:_LONGEST]
