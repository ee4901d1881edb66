import json
from pathlib import Path

import pytest

from subscribers.rules.addresses import check_address

CORPUS = Path(__file__).parents[4] / "shared/corpora/addresses/addresses.json"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Anna.Schmidt+news@GMail.com", "anna.schmidt+news@gmail.com"),
        ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ("jürgen@example.com", "jürgen@example.com"),
        ("info@bücher.de", "info@xn--bcher-kva.de"),
    ],
)
def test_good_addresses_are_kept_in_one_form(text: str, kept: str) -> None:
    assert check_address(text).address == kept


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "missing"),
        ("anna.example.com", "no @"),
        ("anna@example.com; bert@example.com", "more than one"),
        ("Anna <anna@example.com>", "name beside"),
        ("anna@@example.com", "@"),
        ("anna@example", "period"),
        ("anna..s@example.com", "periods"),
        ("a" * 65 + "@example.com", "long"),
        ("anna@exam\x00ple.com", "NUL"),
        ("anna@host.invalid", "special-use"),
    ],
)
def test_bad_addresses_are_refused_in_words(text: str, word: str) -> None:
    verdict = check_address(text)
    assert verdict.address == ""
    assert word in verdict.reason


@pytest.mark.skipif(not CORPUS.exists(), reason="needs the address corpus in ../shared/corpora")
def test_agrees_with_the_published_test_sets() -> None:
    cases = [case for case in json.loads(CORPUS.read_text()) if case["expected_subscriber"] != "either"]
    wrong = [
        case["address"]
        for case in cases
        if bool(check_address(case["address"]).address) != (case["expected_subscriber"] == "accept")
    ]
    assert len(cases) > 100
    assert len(wrong) <= len(cases) / 100, wrong
