"""Names the mailbox provider of an address: the unit in which sending is throttled and reported."""

from collections.abc import Collection

from django.utils import timezone

from deliverability.models import MailDomain
from deliverability.rules.mailbox_providers import OTHER, domain_of, is_known_domain, mailbox_provider_of

__all__ = [
    "OTHER",
    "domain_of",
    "domains_without_mail",
    "is_known_domain",
    "mailbox_provider_of",
    "providers_of_domains",
]


def providers_of_domains(domains: Collection[str]) -> dict[str, str]:
    """What DNS has said of these domains so far; those that were never asked for are missing."""
    found = MailDomain.objects.filter(domain__in=list(domains), mx_host__gt="")
    return dict(found.values_list("domain", "mailbox_provider"))


def domains_without_mail(domains: Collection[str]) -> set[str]:
    """Those of which DNS has said lately that they do not exist, or name no server that takes mail."""
    found = MailDomain.objects.filter(domain__in=list(domains), mx_host="", failures=0, expires_at__gt=timezone.now())
    return set(found.values_list("domain", flat=True))
