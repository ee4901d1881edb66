"""Whose mailboxes stand behind a domain or an MX host."""

import json
from pathlib import Path

import pytest

from deliverability.rules.mailbox_data import KNOWN
from deliverability.rules.mailbox_providers import (
    OTHER,
    domain_of,
    is_known_domain,
    mailbox_provider_of,
    provider_of_hosts,
)
from deliverability.rules.shipped_limits import SHIPPED_LIMITS, shipped_limits

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "lists" / "email-providers-mx.json"


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("a@gmail.com", "google"),
        ("A@GoogleMail.COM", "google"),
        ("a@aol.com", "yahoo"),
        ("a@hotmail.fr", "microsoft"),
        ("a@web.de", "gmx"),
        ("a@company.example", OTHER),
    ],
)
def test_freemail_domains_are_known_without_dns(address: str, provider: str) -> None:
    assert mailbox_provider_of(address) == provider
    assert is_known_domain(domain_of(address)) == (provider != OTHER)


@pytest.mark.parametrize(
    ("hosts", "provider"),
    [
        (["aspmx.l.google.com", "alt1.aspmx.l.google.com"], "google"),
        (["ASPMX2.googlemail.com."], "google"),
        (["company-example.mail.protection.outlook.com"], "microsoft-business"),
        (["company-example.q-v1.mx.microsoft"], "microsoft-business"),
        (["hotmail-com.olc.protection.outlook.com"], "microsoft"),
        (["mx-aol.mail.gm0.yahoodns.net"], "yahoo"),
        (["mx01.mail.icloud.com"], "apple"),
        (["mx00.gmx.net"], "gmx"),
        (["mx-ha02.web.de"], "gmx"),
        (["mx1.comcast.net"], "comcast"),
        (["smtp-in.orange.fr"], "orange"),
        (["eu-smtp-inbound-1.mimecast.com"], "mimecast"),
        (["mxa-00123456.gslb.pphosted.com"], "proofpoint"),
        (["mx1-us1.ppe-hosted.com"], "proofpoint"),
        (["d12345a.ess.barracudanetworks.com"], "barracuda"),
        (["mx1.hc123-4.eu.iphmx.com"], "cisco"),
        (["mail.notgoogle.com"], OTHER),
        (["google.com.evil.example"], OTHER),
        ([], OTHER),
    ],
)
def test_mx_hosts_tell_the_provider(hosts: list[str], provider: str) -> None:
    assert provider_of_hosts([(10, host) for host in hosts]) == provider


def test_only_the_most_preferred_hosts_count_and_must_agree() -> None:
    backup = [(10, "mx.mimecast.com"), (50, "aspmx.l.google.com")]
    assert provider_of_hosts(backup) == "mimecast"
    assert provider_of_hosts([(10, "mx.mimecast.com"), (10, "aspmx.l.google.com")]) == OTHER


def test_the_teams_own_suffixes_come_first() -> None:
    own = {"relay.example": "cluster", "aspmx.l.google.com": "cluster"}
    assert provider_of_hosts([(1, "in.relay.example")], own) == "cluster"
    assert provider_of_hosts([(1, "aspmx.l.google.com")], own) == "cluster"


def test_no_suffix_or_domain_belongs_to_two_and_each_names_its_source() -> None:
    suffixes = [suffix for provider in KNOWN for suffix in provider.mx]
    domains = [domain for provider in KNOWN for domain in provider.domains]
    assert len(suffixes) == len(set(suffixes))
    assert len(domains) == len(set(domains))
    assert all(
        name == name.lower() and not name.startswith(".") and not name.endswith(".") for name in suffixes + domains
    )
    assert all(provider.source and provider.name and len(provider.word) <= 32 for provider in KNOWN)
    assert all(source for _, source in SHIPPED_LIMITS.values())
    assert set(SHIPPED_LIMITS) <= {provider.word for provider in KNOWN} | {OTHER}
    assert shipped_limits("libero").max_connections == 10, "the default"


def test_an_independent_list_agrees_where_it_names_the_same_provider() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpora are not on this machine")
    theirs = {entry["id"]: entry for entry in json.loads(CORPUS.read_text())["providers"]}
    ours = {
        "gworks": "google", "icloud": "apple", "fast": "fastmail", "ionos": "ionos", "proton": "proton",
        "racksp": "rackspace", "orange": "orange", "wppl": "wp", "namech": "namecheap",
        "onecom": "one-com", "mailboxorg": "mailbox-org", "vodafonede": "vodafone-de", "tutano": "tuta",
        "bt": "bt", "bell": "bell", "charter": "charter", "cox": "cox", "amazon": "amazon",
    }  # fmt: skip
    missed = [
        (identity, host)
        for identity, word in ours.items()
        for host in theirs[identity]["mx"]
        if host.count(".") > 1 and provider_of_hosts([(1, host)]) != word
    ]
    assert not missed
