"""Judges whether a text is an address that mail can be sent to, without asking the network."""

import re
from functools import lru_cache
from typing import NamedTuple

from email_validator import EmailNotValidError, EmailUndeliverableError, validate_email

# What nine in ten addresses look like; anything else is judged by the full grammar of RFC 5321 and 6531.
_PLAIN_LOCAL = re.compile(r"[a-z0-9_+\-]+(?:\.[a-z0-9_+\-]+)*", re.ASCII).fullmatch
_LONGEST_LOCAL = 64
_LONGEST = 254


class Verdict(NamedTuple):
    """`address` is the form to keep (lower case), empty when refused; `reason` says in words why it was refused."""

    address: str = ""
    reason: str = ""


def check_address(text: str) -> Verdict:
    """About a microsecond for a plain address on a domain met before."""
    lowered = text.lower()
    local, _, domain = lowered.rpartition("@")
    if _PLAIN_LOCAL(local) and len(local) <= _LONGEST_LOCAL and len(lowered) <= _LONGEST and _is_plain_domain(domain):
        return Verdict(lowered)
    return _check_fully(text)


# Bounded: a file of a million people may name a hundred thousand domains, and memory stays flat.
@lru_cache(maxsize=20_000)
def _is_plain_domain(domain: str) -> bool:
    return domain.isascii() and not domain.startswith("[") and _check_fully(f"a@{domain}").address == f"a@{domain}"


def _check_fully(text: str) -> Verdict:
    if not text:
        return Verdict(reason="The address is missing.")
    if "@" not in text:
        return Verdict(reason="It has no @, so it is not an e-mail address.")
    if "\x00" in text:
        return Verdict(reason="It holds a NUL character.")
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailUndeliverableError as error:
        return Verdict(reason=str(error))
    except EmailNotValidError as error:
        return Verdict(reason=_in_words(text, str(error)))
    return Verdict(f"{found.local_part.lower()}@{(found.ascii_domain or found.domain).lower()}")


def _in_words(text: str, said: str) -> str:
    if text.count("@") > 1 and re.search(r"[,;\s]", text):
        return "It holds more than one address. Put each on a row of its own."
    if "<" in text and ">" in text:
        return "It holds a name beside the address. Put the name into a column of its own."
    return said
