"""Whether a merge tag would reach a reader as it stands, or leave a gap."""

import re
from collections.abc import Iterator

from templates_app.rules.lint.catalogue import finding
from templates_app.rules.lint.findings import Finding

# Other products' tags, which we would send as they are.
_FOREIGN = (
    (re.compile(r"\*\|[A-Z][A-Z0-9_:]{0,60}\|\*"), "Mailchimp"),
    (re.compile(r"%%[A-Za-z_][\w .]{0,60}%%"), "Salesforce"),
    (re.compile(r"\[\[[A-Za-z_][\w.]{0,60}(?::[^\]]{0,100})?\]\]"), "another product"),
    (re.compile(r"%[A-Z][A-Z_]{2,}%"), "ActiveCampaign"),
    (re.compile(r"\{\{\{[^{}]{1,200}\}\}\}"), "Handlebars"),
)
# Bounded, so that text full of braces costs no more than its length.
_OUTPUT = re.compile(r"\{\{-?([^{}]{0,500}?)-?\}\}")
# What may be missing in a contact; the organisation and the list are always there, as are our own links.
_OF_A_PERSON = re.compile(r"^(?:contact|person|subscriber|recipient|user)\.(?!email\b)\w+")


def check_merge_tags(source: str) -> Iterator[Finding]:
    for pattern, product in _FOREIGN:
        for found in pattern.finditer(source):
            message = f"{found[0]} is a tag of {product}. Write it as {{{{ contact.… }}}}."
            yield finding("merge-tag-foreign", message, line=_line(source, found.start()))
    opened = source.rfind("{{")
    if opened > source.rfind("}}"):
        message = "A {{ is never closed. Write }} behind the tag."
        yield finding("merge-tag-broken", message, line=_line(source, opened))
    for found in _OUTPUT.finditer(source):
        tag = found[1].strip()
        if not tag:
            yield finding("merge-tag-broken", "{{ }} names nothing.", line=_line(source, found.start()))
        elif _OF_A_PERSON.match(tag) and "default" not in tag:
            name = tag.split("|")[0].strip()
            message = f'Not everybody has {name}. Say what they read instead: {{{{ {name} | default: "there" }}}}.'
            yield finding("merge-tag-fallback", message, line=_line(source, found.start()))


def _line(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1
