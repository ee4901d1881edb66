"""Domains are looked up in bulk and in the background, and what DNS said is kept."""

import asyncio
import time
from datetime import timedelta
from typing import Any, NamedTuple, cast

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
import pytest
from django.utils import timezone

from deliverability.models import MailDomain, MxSuffix
from deliverability.services.mail_domains import have_followed, look_up_domains, news, note_domains

pytestmark = pytest.mark.django_db


class Record(NamedTuple):
    preference: int
    exchange: dns.name.Name


class FakeDns:
    """Stands for the network: hosts by domain, an exception to raise, or silence."""

    def __init__(self, zones: dict[str, Any], seconds: float = 0.0) -> None:
        self.zones, self.seconds = zones, seconds
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def resolve(self, domain: str, kind: str, lifetime: float) -> list[Record]:
        self.asked.append(domain)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        found = self.zones.get(domain, dns.resolver.NXDOMAIN())
        if isinstance(found, Exception):
            raise found
        return [Record(preference, dns.name.from_text(host)) for preference, host in found]


def look_up(fake: FakeDns, **options: int) -> int:
    return look_up_domains(resolver=cast(dns.asyncresolver.Resolver, fake), **options)


def test_what_dns_says_becomes_news_until_somebody_has_followed() -> None:
    note_domains(["Company.example", "school.example", "alone.example", "gmail.com", ""])
    assert not MailDomain.objects.filter(domain="gmail.com").exists(), "known without DNS"
    fake = FakeDns(
        {
            "company.example": [(10, "company-example.mail.protection.outlook.com.")],
            "school.example": [(1, "aspmx.l.google.com."), (5, "alt1.aspmx.l.google.com.")],
            "alone.example": [(10, "mail.alone.example.")],
        }
    )
    assert look_up(fake) == 3
    assert news() == {"company.example": "microsoft-business", "school.example": "google"}
    assert MailDomain.objects.get(pk="alone.example").mx_host == "mail.alone.example"
    assert look_up(fake) == 0, "kept until it expires"

    have_followed({"school.example": "google", "company.example": "yahoo"})
    assert news() == {"company.example": "microsoft-business"}, "whoever followed something else has not followed"


def test_a_domain_that_moves_is_news_again() -> None:
    note_domains(["company.example"])
    look_up(FakeDns({"company.example": [(1, "aspmx.l.google.com.")]}))
    have_followed(news())
    MailDomain.objects.update(expires_at=timezone.now())
    look_up(FakeDns({"company.example": [(10, "eu-smtp-inbound-1.mimecast.com.")]}))
    assert news() == {"company.example": "mimecast"}


@pytest.mark.parametrize(
    ("said", "failures", "within"),
    [
        (dns.resolver.NXDOMAIN(), 0, timedelta(days=1)),
        ([(0, ".")], 0, timedelta(days=1)),
        (dns.exception.Timeout(), 1, timedelta(minutes=5)),
        (dns.resolver.NoNameservers(), 1, timedelta(minutes=5)),
    ],
    ids=["no such domain", "null MX", "time-out", "broken servers"],
)
def test_nothing_is_no_answer_and_no_answer_is_nothing(said: Any, failures: int, within: timedelta) -> None:
    note_domains(["silent.example"])
    MailDomain.objects.update(mailbox_provider="google")
    look_up(FakeDns({"silent.example": said}))
    row = MailDomain.objects.get()
    assert row.failures == failures
    assert timedelta() < row.expires_at - timezone.now() <= within
    assert row.mailbox_provider == ("google" if failures else "other"), "silence takes nothing back"


def test_who_does_not_answer_is_asked_ever_more_rarely() -> None:
    note_domains(["silent.example"])
    waits = []
    for _ in range(12):
        MailDomain.objects.update(expires_at=timezone.now())
        look_up(FakeDns({"silent.example": dns.exception.Timeout()}))
        waits.append(round((MailDomain.objects.get().expires_at - timezone.now()) / timedelta(minutes=1)))
    assert waits[:4] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-1] == 24 * 60


def test_thousands_are_asked_for_at_once_but_not_all_together() -> None:
    note_domains([f"company{n}.example" for n in range(400)])
    fake = FakeDns({}, seconds=0.02)
    started = time.monotonic()
    assert look_up(fake, most=300) == 300
    assert time.monotonic() - started < 3, "one after the other they would take six seconds"
    assert fake.most_at_once == 50
    assert look_up(fake) == 100


def test_the_teams_own_suffixes_are_asked_first() -> None:
    MxSuffix.objects.create(suffix="cluster.example", mailbox_provider="mimecast", source="Their help page")
    note_domains(["company.example"])
    look_up(FakeDns({"company.example": [(10, "mx1.cluster.example.")]}))
    assert news() == {"company.example": "mimecast"}


def test_names_that_no_dns_knows_do_no_harm() -> None:
    long_label = "x" * 80 + ".example"
    note_domains([long_label, "a" * 300])
    assert look_up_domains() == 1
    assert MailDomain.objects.get().mailbox_provider == "other"
