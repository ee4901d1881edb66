"""Finds e-mail addresses in what servers and people write."""

import re

_ATOM = r"[^\s<>()\[\]{}:;,\"'`|\\@]"
# A quoted local part, or an atom; then a domain with or without dots (intranets), or a literal.
ADDRESS = (
    rf"(?:\"[^\"\n@]{{1,64}}\"|(?:{_ATOM}|['`](?={_ATOM})){{1,128}})@(?:[A-Za-z0-9\-_]+(?:\.[A-Za-z0-9\-_]+)*"
    rf"|\[[\d.]+\])"
)
_ADDRESS = re.compile(ADDRESS)
_MACHINES = re.compile(
    r"(mailer-?daemon|postmaster|poostmaster|abuse|hostmaster|webmaster|mail-?admin|support|helpdesk|help|noc"
    r"|security|no-?reply|"
    r"mailmaster|postoffice|administrator|service|root)@",
    re.IGNORECASE,
)


def clean_address(text: str) -> str:
    """The one address in `text`, lower case; empty where there is none."""
    found = addresses_in(text)
    return found[0] if found else ""


def addresses_in(text: str) -> list[str]:
    """All addresses in order, each once, lower case."""
    return list(dict.fromkeys(match[0].strip(".-").lower() for match in _ADDRESS.finditer(text)))


def is_of_a_machine(address: str) -> bool:
    """Whether it is the kind of address that signs reports rather than receives campaigns."""
    return bool(_MACHINES.match(address))
