"""Knows the domains of mailboxes for one use, from two lists that others keep: `make refresh-domains` renews both."""

from functools import lru_cache

from subscribers.rules.address_data import NOT_DISPOSABLE, POPULAR


def is_disposable(domain: str) -> bool:
    """Whether the domain, in lower case and ASCII, or one above it gives out mailboxes for one use."""
    known = _domains()
    labels = domain.split(".")
    return any(".".join(labels[index:]) in known for index in range(len(labels) - 1))


@lru_cache(maxsize=1)
def _domains() -> frozenset[str]:
    # Sixty thousand names: read when the first address is judged, not by every process that starts.
    from disposable_email_domains import allowlist, blocklist
    from MailChecker import MailChecker

    return frozenset({*blocklist, *MailChecker.blacklist} - {*allowlist, *POPULAR, *NOT_DISPOSABLE})
