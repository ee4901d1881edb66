"""Each rule of the content checks: what it reports, and what it leaves alone."""

import pytest

from templates_app.rules.lint.catalogue import RULES
from templates_app.rules.lint.checking import lint_html
from templates_app.rules.lint.findings import Severity
from templates_app.rules.lint.wording import Envelope

HEAD = (
    '<!doctype html><html lang="en" dir="ltr"><head><title>Winter</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">{}</head>'
    "<body>{}</body></html>"
)
FOOTER = (
    '<p style="font-size:16px">Huila, Torstraße 1, 10119 Berlin. <a href="https://huila.example/u">Unsubscribe</a></p>'
)
ENVELOPE = Envelope(
    subject="The winter lots are in",
    preheader="Four washed coffees from Huila, roasted on Tuesday and on their way",
    from_name="Huila & Sons",
    from_email="hello@huila.example",
)


def mail(body: str, head: str = "") -> str:
    return HEAD.format(head, body + FOOTER)


def found(source: str, envelope: Envelope | None = None) -> dict[str, str]:
    return {one.id: one.message for one in lint_html(source, envelope=envelope)}


LAYOUT = "<table><tr><td>a</td></tr></table>"
NARROW = '<div style="max-width:600px">a</div>'
BUTTON = (
    '<a href="https://a.example" style="display:inline-block;background:#000;color:#fff;padding:{}">See the lots</a>'
)
BAD_AND_GOOD = [
    ("alt-missing", '<img src="a.png" width="9">', '<img src="a.png" width="9" alt="A cup">'),
    ("alt-missing", '<a href="https://a.example"><img src="a.png" width="9" alt=""></a>', '<img src="a.png" alt="">'),
    ("table-role-missing", LAYOUT, "<table><tr><th>Price</th></tr></table>"),
    ("table-role-missing", LAYOUT, LAYOUT.replace("<table", '<table role="presentation"')),
    ("contrast", '<p style="color:#999">faint</p>', '<p style="color:#595959">plain</p>'),
    ("contrast", '<p style="color:#949494;font-size:16px">a</p>', '<p style="color:#949494;font-size:24px">a</p>'),
    ("contrast", '<div bgcolor="#000"><p style="color:#333">night</p></div>', '<p style="color:#333">day</p>'),
    ("small-text", '<p style="font-size:11px">small</p>', '<p style="font-size:14px">fair</p>'),
    ("small-text", '<div style="font-size:20px"><p style="font-size:50%">half</p></div>', "<p>whole</p>"),
    ("heading-order", "<h1>a</h1><h3>b</h3>", "<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>"),
    ("vague-link", '<a href="https://a.example">Click here</a>', '<a href="https://a.example">See the lots</a>'),
    ("all-caps", f"<p>{'WINTER LOTS ' * 6}</p>", "<p>WINTER LOTS</p>"),
    ("justified-text", f'<p style="text-align:justify">{"word " * 20}</p>', f"<p>{'word ' * 20}</p>"),
    ("forbidden-element", "<form><input></form>", "<p>form</p>"),
    ("base64-image", '<img alt="" width="1" src="data:image/png;base64,AAAA">', '<img alt="" width="1" src="a.png">'),
    ("image-size-missing", '<img alt="a" src="a.png">', '<img alt="a" src="a.png" style="width:40px">'),
    ("http-link", '<a href="http://huila.example">Lots</a>', '<a href="https://huila.example">Lots</a>'),
    ("link-shortener", '<a href="https://bit.ly/x">Lots</a>', '<a href="https://orbit.ly/x">Lots</a>'),
    (
        "link-mismatch",
        '<a href="https://evil.example/p">www.bank.example</a>',
        '<a href="https://shop.bank.example/p">www.bank.example</a>',
    ),
    ("link-empty", '<a href="#">Lots</a>', '<a name="top"></a><a href="#lots">Lots</a>'),
    ("link-empty", '<a href="huila.example">Lots</a>', '<a href="tel:+49301">Call</a>'),
    ("link-local", '<a href="http://localhost:8000/x">Lots</a>', '<a href="https://localhost-cafe.example">Lots</a>'),
    ("link-local", '<a href="https://staging.huila.example">Lots</a>', '<a href="https://stage.example">Lots</a>'),
    ("hidden-text", f'<p>{"word " * 60}</p><div style="display:none">buy pills</div>', "<div>shown</div>"),
    (
        "hidden-text",
        f'<p>{"word " * 60}</p><p style="color:#fff">cheap</p>',
        '<div style="background:#000"><p style="color:#fff">shown</p></div>',
    ),
    ("few-words", '<img alt="a" width="1" src="a">' * 6, f'<img alt="a" width="1" src="a"><p>{"word " * 30}</p>'),
    ("outlook-width", NARROW, '<table role="none"><tr><td width="600">a</td></tr></table>'),
    ("outlook-width", NARROW, f'<!--[if mso]><table width="600"><![endif]-->{NARROW}'),
    ("outlook-background", '<div style="background:url(a.png)">a</div>', '<div style="background:#eee">a</div>'),
    ("merge-tag-foreign", "<p>Hi *|FNAME|*</p>", "<p>5 * 3 | 2</p>"),
    ("merge-tag-fallback", "<p>{{ contact.first_name }}</p>", '<p>{{ contact.first_name | default: "there" }}</p>'),
    ("merge-tag-broken", "<p>Hi {{ contact.first_name</p>", "<p>{{ organisation.name }}</p>"),
    ("small-target", BUTTON.format("4px"), BUTTON.format("14px")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "bad", "good"), BAD_AND_GOOD)
def test_a_rule_reports_the_bad_and_leaves_the_good_alone(rule: str, bad: str, good: str) -> None:
    assert rule in found(mail(bad))
    assert rule not in found(mail(good))


@pytest.mark.parametrize(
    ("rule", "away"),
    [
        ("lang-missing", ' lang="en"'),
        ("dir-missing", ' dir="ltr"'),
        ("title-missing", "<title>Winter</title>"),
        ("viewport-missing", '<meta name="viewport" content="width=device-width">'),
        ("color-scheme-missing", '<meta name="color-scheme" content="light dark">'),
        ("unsubscribe-missing", '<a href="https://huila.example/u">Unsubscribe</a>'),
        ("address-missing", "Torstraße 1, 10119 Berlin"),
    ],
)
def test_what_every_mail_needs(rule: str, away: str) -> None:
    whole = mail("<p>Hello</p>")
    assert rule not in found(whole)
    assert rule in found(whole.replace(away, ""))


@pytest.mark.parametrize(
    "address",
    [
        "1600 Amphitheatre Parkway, Mountain View, CA 94043",
        "12 rue de la Paix, 75002 Paris",
        "Via Roma 12, 20121 Milano",
        "Calle Mayor, 5, 28013 Madrid",
        "10 Downing Street, London SW1A 2AA",
        "PO Box 42, Springfield",
        "{{ organisation.postal_address }}",
    ],
)
def test_postal_addresses_of_many_countries(address: str) -> None:
    assert "address-missing" not in found(mail("<p>Hello</p>").replace("Torstraße 1, 10119 Berlin", address))


def test_a_receipt_needs_no_way_out_and_no_address() -> None:
    ids = {one.id for one in lint_html(HEAD.format("", "<p>Your receipt</p>"), is_marketing=False)}
    assert not ids & {"unsubscribe-missing", "address-missing"}


@pytest.mark.parametrize(("kilobytes", "said"), [(80, set()), (95, {"nearly-clipped"}), (103, {"clipped"})])
def test_the_weight_counts_bytes_and_not_characters(kilobytes: int, said: set[str]) -> None:
    # Two bytes each.
    source = mail("é" * (kilobytes * 512))
    assert found(source).keys() & {"clipped", "nearly-clipped"} == said


def test_a_mail_of_images_alone_and_an_empty_one() -> None:
    assert "image-only" in found(HEAD.format("", '<img src="all.png" alt="Sale" width="600">'))
    assert "empty-mail" in found("")
    assert "empty-mail" in found("<html><body> </body></html>")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("subject-missing", {"subject": ""}),
        ("subject-long", {"subject": "The winter lots are in, and this year there are more of them than ever before"}),
        ("fake-reply", {"subject": "Re: your order"}),
        ("fake-reply", {"subject": "AW: Ihre Bestellung"}),
        ("subject-shouting", {"subject": "BUY NOW AND SAVE"}),
        ("subject-shouting", {"subject": "Winter lots!!"}),
        ("preheader-missing", {"preheader": ""}),
        ("preheader-length", {"preheader": "Too short"}),
        ("sender-freemail", {"from_email": "huila@gmail.com"}),
        ("sender-no-reply", {"from_email": "no-reply@huila.example"}),
        ("sender-name", {"from_name": "Huila ✅"}),
        ("text-missing", {"text": " "}),
        ("text-diverges", {"text": "Something else entirely"}),
    ],
)
def test_the_envelope(rule: str, change: dict[str, str]) -> None:
    source = mail(f"<p>{' '.join(f'coffee{number}' for number in range(20))}</p>")
    told = {
        "text": None,
        **{name: getattr(ENVELOPE, name) for name in ("subject", "preheader", "from_name", "from_email")},
    }
    assert rule not in found(source, Envelope(**told))
    assert rule in found(source, Envelope(**(told | change)))


def test_a_preheader_is_hidden_text_that_everybody_allows() -> None:
    assert "hidden-text" not in found(mail('<div style="display:none">Four washed coffees</div><p>Hello</p>'))


def test_style_sheets_count_as_style_attributes_do() -> None:
    sheet = "<style>.a p { color: #bbb } @media (max-width: 400px) { p { font-size: 9px } } #b { color: #000 }</style>"
    findings = found(mail('<div class="a"><p>faint</p></div>', sheet))
    assert "#bbbbbb on #ffffff" in findings["contrast"]
    assert "small-text" not in findings, "it concerns some screens only"
    assert "contrast" not in found(mail('<div class="a"><p id="b">plain</p></div>', sheet)), "an id outweighs a class"


def test_findings_name_line_and_element_and_the_loudest_stands_first() -> None:
    findings = lint_html(mail('\n\n<p>x</p>\n<img id="cup" src="a.png" width="1">'))
    missing = next(one for one in findings if one.id == "alt-missing")
    assert (missing.line, missing.selector) == (4, "img#cup")
    ranks = [list(Severity).index(one.severity) for one in findings]
    assert ranks == sorted(ranks)


def test_every_finding_is_of_a_rule_with_its_reason() -> None:
    assert {rule for rule, _, _ in BAD_AND_GOOD} <= RULES.keys()
    assert all(rule.why.endswith(".") for rule in RULES.values())
