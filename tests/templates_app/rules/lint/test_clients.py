"""What programs support: features are found where pages use them, and told with who lacks them."""

import csv
import time
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.rules.lint.checking import lint_html
from templates_app.rules.lint.clients.checking import check_clients
from templates_app.rules.lint.clients.css_features import css_features
from templates_app.rules.lint.clients.html_features import html_features
from templates_app.rules.lint.clients.support import condense, features
from templates_app.rules.lint.findings import Severity
from templates_app.rules.lint.page import read_page

CORPORA = Path(__file__).parents[5] / "shared" / "corpora"


def used(source: str) -> set[str]:
    page = read_page(source)
    return {use.feature for use in [*css_features(page.css), *html_features(page)]}


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a { display: inline-flex }", {"css-display-flex"}),
        ("a { display: none !important }", {"css-display-none", "css-important"}),
        ("a { width: calc(100% - 1rem) }", {"css-width", "css-unit-calc", "css-unit-percent", "css-unit-rem"}),
        ("a { background: url(x.webp) }", {"css-background", "css-background-image", "image-webp"}),
        ("a { background: linear-gradient(red, blue) }", {"css-linear-gradient"}),
        ("a { color: rgb(0 0 0 / 50%) }", {"css-rgb", "css-rgba"}),
        ("a { --x: 1px; margin-top: var(--x) }", {"css-variables", "css-margin"}),
        ("a > b + i ~ u { gap: 1px }", {"css-selector-child", "css-selector-adjacent-sibling", "css-gap"}),
        ("a b { top: 0 }", {"css-selector-descendant", "css-selector-type", "css-left-right-top-bottom"}),
        (".a.b, #c, * { color: red }", {"css-selector-chaining", "css-selector-grouping", "css-selector-universal"}),
        ("a[href] { color: red }", {"css-selector-attribute"}),
        ("a:hover::before { content: '' }", {"css-pseudo-class-hover", "css-pseudo-element-before"}),
        ("a:after { content: '' }", {"css-pseudo-element-after"}),
        ("a:nth-child(2) { color: red }", {"css-pseudo-class-nth-child"}),
        (".a { &:hover { color: red } }", {"css-nesting", "css-pseudo-class-hover"}),
        ("@media (prefers-color-scheme: dark) { a { color: red } }", {"css-at-media-prefers-color-scheme"}),
        ("@font-face { font-family: X; src: url(x) }", {"css-at-font-face"}),
        ("@supports (display: grid) { a { display: grid } }", {"css-at-supports", "css-display-grid"}),
        ("@keyframes x { from { opacity: 0 } }", {"css-at-keyframes", "css-opacity"}),
        ("a { -webkit-text-size-adjust: none; /* x */ }", {"css-comments"}),
        ("a { width: fit-content; font-family: system-ui }", {"css-intrinsic-size", "css-sytem-ui"}),
    ],
)
def test_features_of_css(css: str, expected: set[str]) -> None:
    assert expected <= used(f"<style>{css}</style><p>x</p>")


def test_keyframes_are_no_nesting() -> None:
    assert "css-nesting" not in used("<style>@keyframes x { from { opacity: 0 } }</style>")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="#top" target="_blank">x</a>', {"html-anchor-links", "html-target"}),
        ('<a href="mailto:a@b.example">x</a>', {"html-mailto-links"}),
        ('<img src="a.svg?x=1" srcset="a.webp 2x" loading="lazy">', {"image-svg", "image-webp", "html-srcset"}),
        ('<img src="data:image/png;base64,AAAA">', {"image-base64", "image-png"}),
        ('<input type="checkbox" required>', {"html-input-checkbox", "html-required"}),
        ("<button>x</button>", {"html-button-submit"}),
        ('<h2 aria-label="x" role="heading">x</h2>', {"html-h1-h6", "html-aria-label", "html-role"}),
        ("<section><ul><li>x</ul></section>", {"html-semantics", "html-lists"}),
        (
            '<table background="a.gif" cellpadding="0"><tr><td valign="top">',
            {"html-background", "image-gif", "html-valign"},
        ),
        ("<html ⚡4email><body>x", {"amp"}),
        ('<meta name="color-scheme" content="dark">', {"html-meta-color-scheme"}),
        ("<!-- a --><p>x", {"html-comments"}),
    ],
)
def test_features_of_html(html: str, expected: set[str]) -> None:
    assert expected <= used(html)


def test_what_only_outlook_reads_is_no_comment() -> None:
    assert "html-comments" not in used("<!--[if mso]><table><![endif]--><p>x</p><!--<![endif]-->")


def test_a_finding_says_who_lacks_it_where_and_how_often() -> None:
    source = "<p>x</p>\n<style>\n.a { display: grid }\n.b { display: grid }\n</style>"
    grid = next(one for one in check_clients(read_page(source)) if one.feature == "css-display-grid")
    assert (grid.id, grid.severity, grid.line, grid.selector) == ("unsupported", Severity.WARNING, 3, ".a")
    assert "Outlook (Windows)" in grid.clients
    assert "2 times" in grid.message


def test_every_property_that_has_tests_is_found_by_its_name() -> None:
    named = {
        slug.removeprefix("css-")
        for slug, feature in features().items()
        if slug.startswith("css-") and feature.title == slug.removeprefix("css-")
    }
    assert len(named) > 90
    for name in sorted(named - {"inert"}):
        assert f"css-{name}" in used(f"<style>a {{ {name}: x }}</style>"), name


def test_condensing_keeps_the_newest_version_of_each_program() -> None:
    stats = {"gmail": {"ios": {"2019": "n", "2024": "a #1"}, "android": {"2024": "u"}}, "hey": {"ios": {"1": "n #2"}}}
    published = {
        "last_update_date": "2026-05-13 14:45",
        "nicenames": {"family": {"gmail": "Gmail"}, "platform": {"ios": "iOS"}},
        "data": [{"slug": "css-x", "title": "x", "stats": stats}],
    }
    assert condense(published)["features"]["css-x"] == {
        "title": "x",
        "tested": 2,
        "no": ["hey (iOS)"],
        "partly": ["Gmail (iOS)"],
    }


@pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not on this machine")
def test_the_test_pages_of_caniemail() -> None:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    with (CORPORA / "caniemail" / "lint-labels.csv").open() as labels:
        for row in csv.DictReader(labels):
            if row["support"] == "n":
                wanted[row["test_html"]].add(row["feature"])
    folder = CORPORA / "html-email" / "caniemail-tests"
    named = {
        name: {one.feature for one in check_clients(read_page((folder / name).read_text()))} & features
        for name, features in wanted.items()
    }
    assert all(named.values()), "every page is reported"
    assert sum(map(len, named.values())) >= 0.98 * sum(map(len, wanted.values()))


@pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not on this machine")
def test_no_mail_that_others_wrote_breaks_the_checks() -> None:
    pages = [*(CORPORA / "html-email").rglob("*.html"), *(CORPORA / "mjml").rglob("*.html")]
    assert len(pages) > 100
    for page in pages[::2]:
        lint_html(page.read_text(errors="replace"))


@pytest.mark.parametrize("css", ["font-weight: ²00", "font-size: ²px", "line-height: ²"])
def test_digits_that_are_no_numbers_break_nothing(css: str) -> None:
    assert lint_html(f'<p style="{css}">x</p>')


PIECES = (
    "<p> </p> <style> </style> a{ } @media ( ' <!-- --> <td style=' color: \x00 url( \ud800 &#x0; {{ <table> :not( é ;"
    " <![if calc(1px <a href= //[ >"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*PIECES.split(" "), " "]), max_size=40).map("".join))
def test_no_text_breaks_the_checks(source: str) -> None:
    assert isinstance(lint_html(source), list)


def test_long_text_takes_no_longer_than_it_is_long() -> None:
    started = time.process_time()
    for text in ("é" * 100_000, "1 Aa" * 25_000, "calle a " * 12_000, "{{" * 50_000, "%%a" * 30_000):
        lint_html(f"<p>{text}</p>")
    # Quadratic patterns take minutes over this.
    assert time.process_time() - started < 20


def test_deep_nesting_is_bounded() -> None:
    lint_html("<div>" * 3_000 + "x")
    lint_html(f"<style>{'a{' * 3_000}</style><p>x</p>")
    lint_html(f"<style>a{{width:{'calc(' * 3_000}}}</style><p>x</p>")
