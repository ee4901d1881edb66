"""Which company reads the mail of a domain: known by its name, or found from its MX hosts."""

from collections.abc import Mapping, Sequence

from deliverability.rules.mailbox_data import KNOWN

OTHER = "other"
# The row that stands for every provider without one of its own.
EVERYBODY = "*"

_PROVIDER_OF = {domain: provider.word for provider in KNOWN for domain in provider.domains}
_SHIPPED_SUFFIXES = {suffix: provider.word for provider in KNOWN for suffix in provider.mx}


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def mailbox_provider_of(address: str) -> str:
    """The provider's short word, such as `google`, or `other` where only DNS could tell. Asks nobody."""
    return _PROVIDER_OF.get(domain_of(address), OTHER)


def is_known_domain(domain: str) -> bool:
    """The domain is a provider's own: no DNS is needed."""
    return domain in _PROVIDER_OF


def provider_of_hosts(records: Sequence[tuple[int, str]], own_suffixes: Mapping[str, str] | None = None) -> str:
    """The provider behind MX records given as (preference, host), or `other`.

    Only the most preferred hosts count, since mail goes to them, and all of those must belong to one provider: a
    domain that spreads its mail over two is nobody's lane. `own_suffixes` are the team's, asked before the shipped.
    """
    if not records:
        return OTHER
    best = min(preference for preference, _ in records)
    found = {_provider_of_host(host, own_suffixes or {}) for preference, host in records if preference == best}
    return found.pop() if len(found) == 1 else OTHER


def mailbox_providers() -> dict[str, str]:
    """Each provider's short word and its name, the big ones first."""
    return {provider.word: provider.name for provider in KNOWN}


def _provider_of_host(host: str, own_suffixes: Mapping[str, str]) -> str:
    labels = host.rstrip(".").lower().split(".")
    # The longest ending first, so that olc.protection.outlook.com is not taken for all of protection.outlook.com.
    endings = [".".join(labels[start:]) for start in range(len(labels))]
    for suffixes in (own_suffixes, _SHIPPED_SUFFIXES):
        for ending in endings:
            if ending in suffixes:
                return suffixes[ending]
    return OTHER
