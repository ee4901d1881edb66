"""Compilation: mistakes are named by line, and whatever compiles can be sent."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.errors import TemplateErrors
from templates_app.queries.starters import starter_sources
from templates_app.rules.html.document import visible_text
from templates_app.rules.portable import portable_html
from tests.templates_app.content import (
    LINKS,
    UNTRACKED,
    assert_legal,
    body_of,
    compiled,
    merged,
    mjml,
    plan_of,
    text_mjml,
)

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "mjml" / "success"


def problem_of(source: str, **options: object) -> str:
    with pytest.raises(TemplateErrors) as raised:
        compiled(source, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "<mjml>\n<mj-body>\n<mj-section><mj-colunm/></mj-section></mj-body></mjml>",
            "Line 3: <mj-colunm> is not an MJML tag. Did you mean <mj-column>?",
        ),
        (
            "<mjml>\n<mj-body>\n<mj-section></mj-body></mjml>",
            "Line 3: </mj-body> stands where <mj-section> of line 3 is still open. Write </mj-section> first.",
        ),
        (
            "<mjml><mj-body>\n<mj-text>x</mj-text></mj-body></mjml>",
            "Line 2: <mj-text> cannot stand directly in <mj-body>. Put it into <mj-column> or <mj-hero>.",
        ),
        ("<mjml><mj-body>", "Line 1: <mj-body> is never closed."),
        ("hello", "Line 1: This is not MJML"),
        (
            "<mjml><mj-head>\n<mj-include path='/etc/passwd'/></mj-head></mjml>",
            "Line 2: <mj-include> is not an MJML tag. Sendwell reads no files",
        ),
        ("<mjml><mj-head><mj-html-attributes/></mj-head></mjml>", "<mj-html-attributes> is not supported."),
        (text_mjml("x\n<script>alert(1)</script>"), "Line 2: <script> does not work in mail."),
        (text_mjml('<p onclick="x()">a</p>'), "onclick does not work in mail"),
        (text_mjml('<a href="javascript:x()">a</a>'), "A script link does not work in mail."),
        (text_mjml('<p title="open>x</p>'), "A tag is not closed here."),
        (
            mjml("<mj-section><mj-column>{% if contact.a %}</mj-column></mj-section>{% endif %}"),
            "{% if %} of line 1 begins in <mj-column> and ends in <mj-body>.",
        ),
        (mjml("<mj-section>{{ contact.a }}</mj-section>"), "Text cannot stand between components."),
        (mjml("", "<mj-style>.sw-footer{display:none}</mj-style>"), "“sw-footer” is the name of the legal footer"),
    ],
)
def test_mjml_mistakes_name_their_line_and_what_to_write(source: str, message: str) -> None:
    assert message in problem_of(source)


@pytest.mark.parametrize(
    ("liquid", "message"),
    [
        ("{% if contact.a %}", "Line 2: {% if %} is never closed. Write {% endif %} where it ends."),
        ("{{ contact.a", "Line 2: A {{ or {% is never closed."),
        ("{{ }}", "Line 2: A Liquid tag is empty."),
        ("{{ contact.a | defualt: 1 }}", "Line 2: There is no filter “defualt”. Did you mean “default”?"),
        ("{% include 'x' %}", "Line 2: There is no Liquid tag {% include %}."),
        ("{% link 1 %}", "Line 2: There is no Liquid tag {% link %}."),
        ("{% if a = 1 %}{% endif %}", "Line 2: A single = compares nothing. Write =="),
        (
            "{% if a %}{% else if b %}{% endif %}",
            "Line 2: {% else if b %} would ignore its condition. Write {% elsif … %}.",
        ),
        ("{% break %}", "Line 2: {% break %} stands in no loop."),
        ("{% raw %}", "Line 2: {% raw %} is never closed."),
        ("{% for a in b %}{% endif %}", "{% endif %} stands where {% for %} of line 2 is still open."),
        ("{% assign unsubscribe_url = 'x' %}", "“unsubscribe_url” is Sendwell's own name"),
        ("{{ _destinations }}", "There is no merge tag “_destinations”."),
    ],
)
def test_liquid_mistakes_name_their_line_and_what_to_write(liquid: str, message: str) -> None:
    assert message in problem_of(text_mjml(f"a\n{liquid}"))


def test_an_unknown_merge_tag_names_the_nearest_known_ones() -> None:
    problem = problem_of(text_mjml("\n{{ contact.frist_name }}"), known_tags={"contact.first_name", "list.name"})
    assert problem == "Line 2: There is no merge tag {{ contact.frist_name }}. Did you mean contact.first_name?"
    compiled(text_mjml("{{ contact.first_name }}{{ unsubscribe_url }}"), known_tags={"contact.first_name"})


def test_problems_of_the_subject_say_so() -> None:
    assert problem_of(text_mjml("x"), subject="{{ contact.a").startswith("Subject: A {{ or {% is never closed.")


def test_a_less_than_sign_in_a_condition_breaks_nothing() -> None:
    source = text_mjml("{% if contact.age < 5 %}young{% elsif contact.age &lt; 9 %}older{% endif %} 1 < 2")
    assert "older 1 < 2" in body_of(merged(source, {"contact": {"age": 7}}), "plain")


def test_words_on_two_lines_do_not_grow_together() -> None:
    assert "one two" in body_of(merged(text_mjml("<b>one</b>\n<b>two</b>")), "plain")


def test_inline_styles_are_inlined_and_media_queries_stay() -> None:
    head = (
        '<mj-style inline="inline">.big { font-size: 21px }</mj-style>'
        "<mj-style>@media (max-width:400px){.big{font-size:18px}}</mj-style>"
    )
    html = compiled(
        mjml('<mj-section><mj-column><mj-text><p class="big">x</p></mj-text></mj-column></mj-section>', head)
    ).html
    assert '<p class="big" style="font-size:21px">' in html
    assert "@media (max-width:400px){.big{font-size:18px}}" in html
    assert "<!--[if mso | IE]>" in html


def test_the_document_names_language_direction_and_title() -> None:
    html = body_of(
        merged(text_mjml("x").replace('lang="en"', 'lang="ar"'), {"n": "<1>"}, subject="News {{ n }}"), "html"
    )
    assert re.search(r'<html lang="ar" dir="rtl"', html)
    assert "<title>News &lt;1&gt;</title>" in html


def test_the_preheader_is_hidden_and_replaces_the_files_own() -> None:
    source = mjml("<mj-section/>", "<mj-preview>from the file</mj-preview>")
    message = merged(source, preheader="Hello {{ contact.first_name | default: 'you' }}")
    assert re.search(r'<div style="display:none[^"]*">Hello you', body_of(message, "html"))
    assert "from the file" not in body_of(message, "html")
    assert "Hello you" not in body_of(message, "plain")
    assert "from the file" in body_of(merged(source), "html")


def test_no_web_font_is_loaded_behind_the_authors_back() -> None:
    assert (
        "fonts.googleapis.com"
        not in compiled(text_mjml("x").replace("<mj-text>", '<mj-text font-family="Roboto">')).html
    )


def test_braces_that_were_never_liquid_stay_text() -> None:
    text = body_of(merged(text_mjml("&#123;&#123; contact.x }} {% raw %}{{ y }}{% endraw %} &#123;% if %}")), "plain")
    assert text.startswith("{{ contact.x }} {{ y }} {% if %}")


FOOTER_TRICKS = [
    "x</body></html>",
    "<div style='display:none'>",
    "<!--",
    "{% raw %}<!--{% endraw %}",
    "{% comment %}",
    "{% if false %}",
    "{% break %}",
    "<plaintext>",
    "<textarea>",
    "<style>",
    "&#123;% if false %}",
    "&#123;% comment %}",
    '{{ "<!--" }}',
    "{% capture all %}",
    "{% assign organisation = 1 %}",
    "<title>",
    "<noscript>",
    "<select>",
    "<svg>",
    "<table>",
]


@pytest.mark.parametrize("trick", FOOTER_TRICKS)
@pytest.mark.parametrize(
    "wrap", ["<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>", "<mj-raw>{}</mj-raw>"]
)
def test_no_template_gets_rid_of_the_footer(wrap: str, trick: str) -> None:
    try:
        content = compiled(mjml(wrap.format(trick)))
    except TemplateErrors:
        return
    seen = visible_text(body_of(merged(mjml(wrap.format(trick)), links=UNTRACKED), "html"))
    assert "Unsubscribe" in seen
    assert "Huila & Sons · Torstraße 1, 10119 Berlin, Germany" in seen
    assert content.html.rindex("<!--") < content.html.rindex("sw-footer")


@pytest.mark.parametrize(("lang", "words"), [("de-AT", "Abmelden"), ("fr", "Se désabonner"), ("nl", "Unsubscribe")])
def test_the_footer_speaks_the_mails_language(lang: str, words: str) -> None:
    message = merged(text_mjml("x").replace('lang="en"', f'lang="{lang}"'), {"list": {"name": "Röstpost"}})
    text = body_of(message, "plain")
    assert f"{words} ({LINKS.unsubscribe_url})" in text
    assert "Röstpost" in text
    assert "Huila & Sons · Torstraße 1, 10119 Berlin, Germany" in text


def test_the_plain_text_reads_like_the_mail() -> None:
    source = text_mjml(
        '<h1>News</h1><p>One <a href="https://huila.example/">shop</a>.</p>'
        "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"
        "<table><tr><th>Name</th><th>Price</th></tr><tr><td>Nariño</td><td>€16</td></tr></table>"
        '<img src="x.png" alt="A cup">'
    )
    text = body_of(merged(source, links=UNTRACKED), "plain")
    assert text.startswith(
        "# News\n\nOne shop (https://huila.example/).\n\n- a\n- b\n\n1. c\n\nName | Price\nNariño | €16\n\nA cup\n\n"
    )


@pytest.mark.parametrize("name", sorted(starter_sources()))
@pytest.mark.parametrize(
    "values",
    [{}, {"contact": {"first_name": "Zoë", "country": "GB"}, "organisation": {"name": "Huila"}}],
)
def test_our_own_newsletters_compile_and_merge(name: str, values: dict[str, object]) -> None:
    content = compiled(starter_sources()[name], subject="{{ contact.first_name | default: 'Hello' }}, news")
    data = plan_of(content).render(values, LINKS)
    assert_legal(data)
    # A letter with one question has neither pictures nor columns.
    least = 8_000 if name == "reconfirm" else 20_000
    assert least < len(data) < 60_000
    assert "{{" not in data.decode()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpora/mjml")
def test_the_reference_files_show_the_same_text() -> None:
    for path in sorted(CORPUS.glob("*.mjml")):
        html = portable_html(compiled(path.read_text(), footer=None))
        assert visible_text(html) == visible_text(path.with_suffix(".html").read_text()), path.name


WORDS = (
    "<mjml> </mjml> <mj-body> </mj-body> <mj-section> </mj-section> <mj-column> </mj-column> <mj-text> </mj-text>"
    " <mj-raw> </mj-raw> <!-- --> {{ }} {% %} {%if {%for contact.a | default: \" ' <p </p> <br/> href= <a & &lt; \\"
    " \0 ä { } % endif %} {% endif %} {{contact.a}} {%if(contact.a)%} {%for(i)in(contact.a)%} <![CDATA[ ]]>"
    " <mj-image src='x'/> </"
)
SOUP = st.lists(st.sampled_from(WORDS.split(" ")), max_size=25).map("".join)


@settings(max_examples=200, deadline=2000)
@given(st.one_of(SOUP, SOUP.map(text_mjml), SOUP.map(mjml), st.text(max_size=80).map(text_mjml)))
def test_no_source_fails_with_an_error_that_is_not_ours(source: str) -> None:
    try:
        content = compiled(source, subject=source[:100])
    except TemplateErrors:
        return
    assert_legal(plan_of(content).render({"contact": {"a": ["x"]}}, LINKS))


@pytest.mark.parametrize(
    "bomb",
    [
        "{% for i in (1..99999999999) %}x{% endfor %}",
        "{{ (1..99999999999) | join: ',' }}",
        "{% for i in (1..2000) %}{% for j in (1..2000) %}{% for k in (1..2000) %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% assign a = 'aaaaaaaaaaaa' %}{% for i in (1..1999) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
        "{% assign a = 'aaaa' %}{% for i in (1..30) %}{% assign a = a | replace: 'a', 'aaaaaa' %}{% endfor %}{{ a }}",
        "{% assign a = 9 %}{% for i in (1..1000) %}{% assign a = a | times: a %}{% endfor %}{{ a | size }}",
        "{% for i in (1..1999) %}{{ contact.big }}{% endfor %}",
    ],
)
@pytest.mark.timeout(10)
def test_no_template_eats_time_or_memory(bomb: str) -> None:
    content = compiled(text_mjml(bomb))
    assert len(plan_of(content).render({"contact": {"big": "x" * 50_000}}, LINKS)) < 5_000_000
