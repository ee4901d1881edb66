"""The merge plan says exactly what a plain Liquid render says, in legal MIME."""

from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.rules.merge.plan import MergePlan
from templates_app.types import CompiledContent, MessageLinks
from tests.templates_app.content import (
    LINKS,
    UNTRACKED,
    assert_legal,
    body_of,
    compiled,
    merged,
    mjml,
    parsed,
    plan_of,
    rendered,
    text_mjml,
)

NASTY = st.sampled_from(
    [
        "",
        ".",
        "..",
        ". .",
        " ",
        "  x ",
        "\r\nBcc: x@y.z",
        "a\n.\nb",
        "=",
        "=3D",
        "\t\tx\t",
        "<b>&\"'",
        "{{ x }}",
        "{% if %}",
        "-->",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), NASTY, st.text(alphabet=". =\r\n\tä😀<", max_size=300))
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.just([]))
ITEMS = st.lists(st.fixed_dictionaries({"name": SCALARS, "url": TEXTS, "price": SCALARS}), max_size=3)
CONTACTS = st.fixed_dictionaries(
    {"tier": st.one_of(st.just("gold"), SCALARS), "age": st.one_of(st.integers(0, 9), SCALARS)},
    optional={
        "first_name": SCALARS,
        "color": SCALARS,
        "nested": st.one_of(SCALARS, st.fixed_dictionaries({"deep": SCALARS}, optional={"size": SCALARS})),
    },
)
VALUES = st.builds(lambda contact, items: {"contact": {**contact, "items": items}}, CONTACTS, ITEMS)

EXPRESSIONS = [
    "contact.first_name",
    'contact.first_name | default: "there"',
    "contact.nested.deep",
    "contact.nested.size",
    "contact.first_name | upcase | append: contact.tier",
    "contact.age | plus: 1 | default: 'fallback'",
    'contact.first_name | date: "%d.%m.%Y"',
    "contact.first_name | newline_to_br",
    "contact.tier | escape | strip_html",
    "contact.first_name | truncate: 5",
    "nobody.knows.this",
    "contact.items.first.name",
    "'<literal & text>'",
    "saved",
    "unsubscribe_url",
]
CONDITIONS = [
    "contact.first_name",
    'contact.tier == "gold"',
    'contact.tier != "gold"',
    'contact.tier != "gold" and contact.first_name',
    "contact.age > 5",
    "contact.age <= 3 or contact.nested",
    "contact.tier contains 'o'",
    "contact.first_name == empty",
    "contact.items.size > 1",
    "saved",
    "contact.age == 3",
]
EXPRESSION, CONDITION = st.sampled_from(EXPRESSIONS), st.sampled_from(CONDITIONS)
# Every one of them at once, so that each value meets each.
EVERYTHING = text_mjml(
    "".join(f"[{{{{ {expression} }}}}]" for expression in EXPRESSIONS)
    + "".join(f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}" for condition in CONDITIONS)
)
STATIC = st.text(alphabet="abc xyz.=ä😀\n&;", max_size=60).map(lambda text: text.replace("&", "&amp;"))


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, CONDITION, inner, inner),
        st.builds("{{% unless {} %}}{}{{% endunless %}}".format, CONDITION, inner),
        st.builds("{{% if {} %}}{}{{% elsif {} %}}{}{{% endif %}}".format, CONDITION, inner, CONDITION, inner),
        st.builds(
            "{{% for item in contact.items %}}{{{{ item.name }}}}{{{{ forloop.index }}}}{}"
            "{{% else %}}none{{% endfor %}}".format,
            inner,
        ),
        st.builds(
            "{{% for item in contact.items reversed %}}{}"
            "{{% if forloop.last %}}{{% break %}}{{% endif %}}{{% endfor %}}".format,
            inner,
        ),
        st.builds("{{% for item in contact.items %}}{{% assign saved = item.price %}}{}{{% endfor %}}".format, inner),
        st.builds("{{% capture saved %}}{}{{% endcapture %}}{{{{ saved }}}}".format, inner),
        st.builds("{{% case contact.tier %}}{{% when 'gold' %}}{}{{% else %}}{}{{% endcase %}}".format, inner, inner),
        st.just("{% cycle contact.first_name, 'b' %}{% increment counted %}"),
        st.builds('<a href="https://huila.example/?q={{{{ {} }}}}">{}</a>'.format, EXPRESSION, STATIC),
        st.builds('<a href="https://huila.example/shop?a=1&amp;b=2">{}</a>'.format, STATIC),
        st.just('<a href="{{ contact.first_name }}">x</a><img src="{{ contact.tier }}" alt="{{ contact.tier }}">'),
        st.just('<p style="color:{{ contact.color }}">x</p>'),
    )


LEAVES = st.one_of(STATIC, EXPRESSION.map(lambda expression: f"{{{{ {expression} }}}}"))
PIECES = st.one_of(LEAVES, blocks(LEAVES), blocks(blocks(LEAVES)))
TEMPLATES = st.lists(PIECES, min_size=1, max_size=6).map("".join)


@settings(max_examples=120, deadline=None)
@given(template=TEMPLATES, subject=TEMPLATES, values=VALUES, tracked=st.booleans())
def test_says_what_a_plain_render_says(template: str, subject: str, values: dict[str, Any], tracked: bool) -> None:
    links = LINKS if tracked else UNTRACKED
    content = compiled(text_mjml(f"<p>{template}</p>"), preheader="{{ contact.first_name }}")
    data = plan_of(content).render(values, links)
    assert_legal(data)
    message = parsed(data)
    html, text = rendered(content, values, links)
    assert body_of(message, "html") == html
    assert body_of(message, "plain") == text
    assert set(message.keys()) == {"Subject", "MIME-Version", "Content-Type"}


@cache
def _everything() -> tuple[CompiledContent, MergePlan]:
    content = compiled(EVERYTHING)
    return content, plan_of(content)


@settings(max_examples=300, deadline=None)
@given(values=VALUES)
def test_every_expression_means_what_liquid_means(values: dict[str, Any]) -> None:
    content, plan = _everything()
    message = parsed(plan.render(values, LINKS))
    assert (body_of(message, "html"), body_of(message, "plain")) == rendered(content, values, LINKS)


@settings(max_examples=150, deadline=None)
@given(first_name=TEXTS)
def test_no_value_leaves_the_subject(first_name: str) -> None:
    content = compiled(text_mjml("x"), subject="{{ contact.first_name }}, news")
    data = plan_of(content).render({"contact": {"first_name": first_name}}, LINKS)
    assert_legal(data)
    message = parsed(data)
    assert set(message.keys()) == {"Subject", "MIME-Version", "Content-Type"}
    if first_name.isprintable():
        assert " ".join(message["Subject"].split()) == " ".join(f"{first_name}, news".split())


def test_a_missing_value_falls_back_and_never_fails() -> None:
    source = text_mjml(
        'Hi {{ contact.first_name | default: "there" }}{{ contact.x.y }}, {{ contact.n | divided_by: 0 }}!'
    )
    assert "Hi there, !" in body_of(merged(source), "plain")


def test_values_are_escaped_where_they_stand() -> None:
    source = text_mjml(
        '<p title="{{ contact.x }}">{{ contact.x }}</p><a href="{{ contact.x }}">a</a>'
        '<a href="https://huila.example/?q={{ contact.x }}">b</a><i style="color:{{ contact.x }}">c</i>'
    )
    html = body_of(merged(source, {"contact": {"x": "javascript:\"<&'"}}, UNTRACKED), "html")
    assert '<p title="javascript:&#34;&lt;&amp;&#39;">javascript:&#34;&lt;&amp;&#39;</p>' in html
    assert '<a href="">a</a>' in html
    assert '<a href="https://huila.example/?q=javascript%3A%22%3C%26%27">b</a>' in html
    assert '<i style="color:javascript">c</i>' in html


def test_links_are_tracked_by_number_and_our_own_never() -> None:
    source = text_mjml(
        '<a href="https://huila.example/a?x=1&amp;y=2">a</a><a href="mailto:paula@huila.example">m</a>'
        '<a href="{{ unsubscribe_url }}">u</a><a href="#top">t</a><a href="https://huila.example/b">b</a>'
    )
    content = compiled(source)
    assert content.links == ("https://huila.example/a?x=1&y=2", "https://huila.example/b")
    html = body_of(merged(source), "html")
    for href in (
        f"{LINKS.click_prefix}0",
        f"{LINKS.click_prefix}1",
        LINKS.unsubscribe_url,
        "mailto:paula@huila.example",
        "#top",
    ):
        assert f'href="{href}"' in html
    assert 'href="https://huila.example/a?x=1&amp;y=2"' in body_of(merged(source, links=UNTRACKED), "html")


def test_a_link_made_by_liquid_goes_through_the_dynamic_click() -> None:
    source = text_mjml('<a href="https://huila.example/?id={{ contact.id }}&amp;b=2">a</a>')
    html = body_of(merged(source, {"contact": {"id": "4 2"}}), "html")
    assert 'href="https://news.huila.example/t/x/AAAA/BBBB?u=https://huila.example/?id=4%202&amp;b=2"' in html


def test_markup_made_by_a_filter_is_not_mistaken_for_the_same_text() -> None:
    source = text_mjml("<p>{{ contact.a | newline_to_br }}</p><p>{{ contact.b }}</p>")
    html = body_of(merged(source, {"contact": {"a": "\n", "b": "<br>\n"}}), "html")
    assert "<p><br>\n</p><p>&lt;br&gt;\n</p>" in html


def test_the_pixel_stands_only_where_it_is_allowed() -> None:
    assert str(LINKS.open_pixel_url) in body_of(merged(text_mjml("x")), "html")
    assert 'width="1"' not in body_of(merged(text_mjml("x"), links=UNTRACKED), "html")


def test_a_long_click_prefix_keeps_lines_legal() -> None:
    prefix = f"https://{'long.' * 30}example/t/c/{'A' * 24}/"
    links = MessageLinks(LINKS.unsubscribe_url, LINKS.preferences_url, click_prefix=prefix)
    content = compiled(text_mjml('<a href="https://huila.example/">a</a>'))
    data = plan_of(content).render({}, links)
    assert_legal(data)
    assert f'href="{prefix}0"' in body_of(parsed(data), "html")


def test_loops_and_conditions_may_stand_between_components() -> None:
    source = mjml(
        "<mj-section>{% for item in contact.items %}<mj-column><mj-text>{{ item.name }}!</mj-text></mj-column>"
        "{% endfor %}</mj-section>{% if contact.vip %}<mj-wrapper>{% if contact.vip %}<mj-section><mj-column>"
        "<mj-text>Champagne</mj-text></mj-column></mj-section>{% endif %}</mj-wrapper>{% endif %}"
    )
    values = {"contact": {"items": [{"name": "Nariño"}, {"name": "Sidama"}], "vip": True}}
    text = body_of(merged(source, values), "plain")
    assert text.startswith("Nariño!\n\nSidama!\n\nChampagne\n\n")
    assert "Champagne" not in body_of(merged(source), "plain")
