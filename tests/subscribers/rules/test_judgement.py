"""Whether somebody meant an address: slips, mailboxes for one use, and role accounts."""

import csv
import json
from pathlib import Path

import pytest

from subscribers.rules.disposable import is_disposable
from subscribers.rules.judgement import Risk, is_role, judge_address, risk_of
from subscribers.rules.slips import meant_domain

CORPORA = Path(__file__).parents[4] / "shared/corpora"
needs_corpora = pytest.mark.skipif(not CORPORA.exists(), reason="needs ../shared/corpora")


@needs_corpora
def test_addresses_are_accepted_and_refused_as_labelled() -> None:
    cases = json.loads((CORPORA / "addresses/addresses.json").read_text())
    told = [case for case in cases if case["expected_subscriber"] != "either"]
    right = sum(judge_address(case["address"]).accepted == (case["expected_subscriber"] == "accept") for case in told)
    assert right >= 0.99 * len(told)


@needs_corpora
def test_disposable_domains_are_known_and_no_free_one_is_taken_for_one() -> None:
    with (CORPORA / "lists/disposable-consensus.csv").open() as file:
        rows = list(csv.DictReader(file))
    refused = {row["domain"] for row in rows if not judge_address(f"anna@{row['domain']}").accepted}
    disposable = {row["domain"] for row in rows if row["disposable"] == "1"}
    assert len(refused & disposable) >= 0.95 * len(disposable)
    assert refused <= disposable


@needs_corpora
def test_no_real_mailbox_provider_is_taken_for_a_slip_or_for_disposable() -> None:
    providers = json.loads((CORPORA / "lists/email-providers-mx.json").read_text())["providers"]
    domains = [domain for provider in providers for domain in provider.get("domains", [])]
    assert len(domains) > 100
    assert not [domain for domain in domains if meant_domain(domain) or is_disposable(domain)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gmail.co", "anna@gmail.com"),
        ("anna@gmail.de", "anna@gmail.com"),
        ("anna@hotmal.fr", "anna@hotmail.fr"),
        ("anna@yahooo.co.uk", "anna@yahoo.co.uk"),
        ("anna@outlok.com", "anna@outlook.com"),
        ("anna@t-onlin.de", "anna@t-online.de"),
        ("anna@gmx.dee", "anna@gmx.de"),
        ("anna@wanado.fr", "anna@wanadoo.fr"),
        ("anna@gmailcom", "anna@gmail.com"),
        ("anna@gmail,com", "anna@gmail.com"),
        (" anna@gmail.com ", "anna@gmail.com"),
        ("anna(at)example.com", "anna@example.com"),
        ("anna..b@example.com", "anna.b@example.com"),
    ],
)
def test_slips_come_with_what_was_meant(typed: str, meant: str) -> None:
    assert judge_address(typed).suggestion == meant


@pytest.mark.parametrize(
    "address",
    ["a@gmail.com", "a@ymail.com", "a@mail.com", "a@gmx.ch", "a@yahoo.com.br", "a@live.se", "a@firma.de", "a@hey.com"],
)
def test_what_is_right_is_left_alone(address: str) -> None:
    judged = judge_address(address)
    assert (judged.accepted, judged.suggestion, judged.risk) == (True, "", None)


def test_a_slip_is_accepted_as_typed_and_a_mailbox_for_one_use_is_not() -> None:
    slip, once = judge_address("anna@gmial.com"), judge_address("anna@mailinator.com")
    assert (slip.accepted, slip.risk) == (True, Risk.TYPO)
    assert (once.accepted, once.risk) == (False, Risk.DISPOSABLE)
    assert judge_address("anna@box.mailinator.com").risk is Risk.DISPOSABLE


@pytest.mark.parametrize("address", ["a@simplelogin.com", "a@duck.com", "a@mozmail.com", "a@consultant.com"])
def test_forwarders_and_vanity_domains_are_no_mailboxes_for_one_use(address: str) -> None:
    assert risk_of(address) is None


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("info", True),
        ("no-reply", True),
        ("news-noreply", True),
        ("sales.team", True),
        ("support2", True),
        ("kontakt", True),
        ("ventas", True),
        ("info+news", True),
        ("anna", False),
        ("anna.sales", False),
        ("informatik", False),
        ("2024", False),
    ],
)
def test_role_accounts(local: str, expected: bool) -> None:
    assert is_role(local) is expected
