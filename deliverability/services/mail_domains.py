"""Finds out who reads the mail of domains, by their MX records: in bulk, in the background, apart from sending."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import dns.asyncresolver
import dns.exception
import dns.resolver
from django.db import transaction
from django.utils import timezone

from deliverability.models import MailDomain, MxSuffix
from deliverability.rules.mailbox_providers import is_known_domain, provider_of_hosts

# Domains move rarely; one that moved is found out within two weeks.
KNOWN_FOR = timedelta(days=14)
# No such domain, or no mail: perhaps a domain of tomorrow.
ABSENT_FOR = timedelta(days=1)
# No answer: again soon, then ever later.
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
AT_ONCE = 50
DNS_SECONDS = 5.0
_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What DNS said of a domain: its MX records as (preference, host), or nothing, or that it did not answer."""

    records: Sequence[tuple[int, str]] = ()
    is_answered: bool = True


def note_domains(domains: Collection[str]) -> None:
    """Have these looked up by the next run of `look_up_domains`, save those that are known already."""
    now = timezone.now()
    wanted = {domain.lower() for domain in domains if domain and len(domain) <= _LENGTH}
    MailDomain.objects.bulk_create(
        [MailDomain(domain=domain, expires_at=now) for domain in sorted(wanted) if not is_known_domain(domain)],
        ignore_conflicts=True,
        batch_size=1000,
    )


def look_up_domains(*, most: int = 2000, resolver: dns.asyncresolver.Resolver | None = None) -> int:
    """Ask DNS for the domains that are due, many at once, and keep what it says. Returns how many were asked for."""
    due = list(MailDomain.objects.filter(expires_at__lte=timezone.now()).order_by("expires_at")[:most])
    if not due:
        return 0
    # One resolver for all, which keeps no cache of its own: the table is the cache.
    questions = _ask_all([row.domain for row in due], resolver or _resolver())
    # In a thread of its own: whoever calls may be inside of an event loop, and a thread can run but one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        answers = thread.submit(asyncio.run, questions).result()
    own = dict(MxSuffix.objects.values_list("suffix", "mailbox_provider"))
    changed = [_told(row, answers[row.domain], own) for row in due]
    fields = ["mailbox_provider", "mx_host", "expires_at", "failures", "is_news"]
    MailDomain.objects.bulk_update(changed, fields, batch_size=500)
    return len(due)


def news() -> dict[str, str]:
    """Domains whose provider has changed since somebody said that he has followed, with the new one."""
    return dict(MailDomain.objects.filter(is_news=True).values_list("domain", "mailbox_provider"))


@transaction.atomic
def have_followed(domains: Mapping[str, str]) -> None:
    """The addresses of these domains stand under their provider now. What changed meanwhile stays news."""
    rows = MailDomain.objects.select_for_update().filter(domain__in=list(domains), is_news=True)
    done = [row.domain for row in rows if row.mailbox_provider == domains[row.domain]]
    MailDomain.objects.filter(domain__in=done).update(is_news=False)


def _told(row: MailDomain, answer: Answer, own: Mapping[str, str]) -> MailDomain:
    now = timezone.now()
    if not answer.is_answered:
        # What was known goes on until DNS says otherwise.
        row.failures = min(row.failures + 1, 30)
        row.expires_at = now + min(FIRST_RETRY * 2 ** (row.failures - 1), LONGEST_RETRY)
        return row
    found = provider_of_hosts(answer.records, own)
    row.is_news = row.is_news or found != row.mailbox_provider
    row.mailbox_provider, row.failures = found, 0
    row.mx_host = min(answer.records, default=(0, ""))[1]
    row.expires_at = now + (KNOWN_FOR if answer.records else ABSENT_FOR)
    return row


async def _ask_all(domains: Sequence[str], resolver: dns.asyncresolver.Resolver) -> dict[str, Answer]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(domain: str) -> Answer:
        async with gate:
            return await _ask(domain, resolver)

    answers = await asyncio.gather(*(ask(domain) for domain in domains))
    return dict(zip(domains, answers, strict=True))


async def _ask(domain: str, resolver: dns.asyncresolver.Resolver) -> Answer:
    try:
        found = await resolver.resolve(domain, "MX", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Answer()
    except dns.exception.DNSException:
        return Answer(is_answered=False)
    except (UnicodeError, ValueError):
        return Answer()  # a name that no DNS knows
    hosts = [(int(record.preference), record.exchange.to_text(omit_final_dot=True).lower()) for record in found]
    # RFC 7505: a single "." says that the domain takes no mail.
    return Answer([(preference, host) for preference, host in hosts if host and host != "."])


def _resolver() -> dns.asyncresolver.Resolver:
    return dns.asyncresolver.Resolver()
