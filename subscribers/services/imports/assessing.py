"""Looks through a file for what may hurt before anybody of it is imported: slips, one-use mailboxes, known bounces."""

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from deliverability.queries.mailbox_providers import is_known_domain
from deliverability.queries.suppressions import address_keys, suppressed_keys
from deliverability.services.mail_domains import note_domains
from deliverability.types import StreamKind
from subscribers.models import Contact
from subscribers.rules.addresses import check_address
from subscribers.rules.imports.records import BrokenRow
from subscribers.rules.judgement import risk_of
from subscribers.services.imports.opening import SourceFile, numbered_rows

# A person waits for it: a file of a million people is judged by its first some hundred thousand.
_SECONDS = 3.0
_BLOCK_ROWS = 5_000
_EXAMPLES = 3
_MOST_DOMAINS = 2_000


@dataclass
class Assessment:
    """Counts over the first `rows` rows; `is_whole` when there were no more. `risks` and `examples` by kind of risk."""

    column: int
    rows: int = 0
    is_whole: bool = True
    invalid: int = 0
    known: int = 0
    suppressed: int = 0
    risks: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    domains: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        facts = dict(self.__dict__)
        return facts | {"risks": dict(self.risks), "domains": dict(self.domains.most_common(_MOST_DOMAINS))}


def assess(source: SourceFile, column: int) -> dict[str, Any]:
    """As JSON, for the survey of an upload. Domains that we know nothing of are looked up in DNS meanwhile."""
    found = Assessment(column)
    deadline = time.monotonic() + _SECONDS
    with numbered_rows(source) as (rows, _file):
        cells = (row[column].strip() for _, row in rows if not isinstance(row, BrokenRow) and len(row) > column)
        while block := list(islice(cells, _BLOCK_ROWS)):
            _assess_block(found, block)
            if time.monotonic() > deadline:
                found.is_whole = next(cells, None) is None
                break
    note_domains([domain for domain, _ in found.domains.most_common(_MOST_DOMAINS)])
    return found.as_json()


def _assess_block(found: Assessment, block: list[str]) -> None:
    typed = [text for text in block if text]
    addresses = [address for text in typed if (address := check_address(text).address)]
    found.rows += len(block)
    found.invalid += len(typed) - len(addresses)
    for address in addresses:
        _count_risk(found, address)
    keys = set(address_keys(addresses))
    found.known += Contact.objects.filter(address_key__in=keys).count()
    found.suppressed += len(suppressed_keys(StreamKind.MARKETING, keys))


def _count_risk(found: Assessment, address: str) -> None:
    domain = address.rpartition("@")[2]
    if risk := risk_of(address):
        found.risks[risk] += 1
        shown = found.examples.setdefault(risk, [])
        if len(shown) < _EXAMPLES and address not in shown:
            shown.append(address)
    elif not is_known_domain(domain):
        found.domains[domain] += 1


def email_index(columns: dict[str, str]) -> int | None:
    """The column that is chosen for addresses, if one is."""
    return next((int(index) for index, choice in columns.items() if choice == "email"), None)
