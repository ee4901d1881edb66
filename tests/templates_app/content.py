"""Short ways to compile, merge and read mail back in tests."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from templates_app.rules.compilation import compile_source
from templates_app.rules.liquid import environment
from templates_app.rules.liquid.destinations import Destinations
from templates_app.rules.liquid.nodes import DESTINATIONS
from templates_app.rules.merge.plan import MergePlan
from templates_app.types import CompiledContent, FooterFacts, MessageLinks

FOOTER = FooterFacts("Huila & Sons", "Torstraße 1\n10119 Berlin\nGermany")
LINKS = MessageLinks(
    unsubscribe_url="https://news.huila.example/u/AAAAAAAAAAAAAAAAAAAAAAAA",
    preferences_url="https://news.huila.example/p/AAAAAAAAAAAAAAAAAAAAAAAA",
    click_prefix="https://news.huila.example/t/c/AAAAAAAAAAAAAAAAAAAAAAAA/",
    open_pixel_url="https://news.huila.example/t/o/AAAAAAAAAAAAAAAAAAAAAAAA",
    dynamic_click=lambda url: f"https://news.huila.example/t/x/AAAA/BBBB?u={url}",
)
UNTRACKED = MessageLinks(LINKS.unsubscribe_url, LINKS.preferences_url)


def mjml(body: str, head: str = "", lang: str = "en") -> str:
    return f'<mjml lang="{lang}"><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>'


def text_mjml(text: str) -> str:
    return mjml(f"<mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section>")


def compiled(source: str, subject: str = "News", preheader: str = "", **options: Any) -> CompiledContent:
    return compile_source(
        source=source, subject=subject, preheader=preheader, footer=options.pop("footer", FOOTER), **options
    )


def plan_of(content: CompiledContent) -> MergePlan:
    return MergePlan(
        subject=content.subject, html=content.html, text=content.text, targets=content.links, key="0123456789abcdef"
    )


def parsed(data: bytes) -> EmailMessage:
    message = cast(EmailMessage, message_from_bytes(data, policy=policy.default))
    assert not message.defects
    return message


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def merged(
    source: str, values: dict[str, Any] | None = None, links: MessageLinks = LINKS, **options: Any
) -> EmailMessage:
    return parsed(plan_of(compiled(source, **options)).render(values or {}, links))


def rendered(content: CompiledContent, values: dict[str, Any], links: MessageLinks) -> tuple[str, str]:
    """HTML and text by Liquid alone, which the merge plan must equal."""
    given = {
        **values,
        "unsubscribe_url": links.unsubscribe_url,
        "preferences_url": links.preferences_url,
        DESTINATIONS: Destinations(links, content.links),
    }
    return environment.HTML.from_string(content.html).render(given), environment.TEXT.from_string(content.text).render(
        given
    )


def assert_legal(data: bytes) -> None:
    """What RFC 5321, 5322 and 2045 ask of every line, and what makes dot-stuffing needless."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(line.startswith(b".") for line in lines)
    body = lines[lines.index(b"") :]
    assert max(map(len, body)) <= 76
    assert not any(line.endswith((b" ", b"\t")) for line in body)
    assert data.isascii()
