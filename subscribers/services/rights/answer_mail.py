"""The mails that answer privacy requests, in every language: compiled once per process, language, brand and answer."""

from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext, override

from accounts.rules.brand import Brand, brand_of
from subscribers.services.mail_language import language_of
from subscribers.types import RequestKind
from templates_app.queries.plans import MergePlan
from templates_app.services.compilation import compile_content

_SOURCE = Path(__file__).parents[2] / "templates" / "subscribers" / "privacy_answer.mjml"
# Liquid fills in what differs by recipient; the sentences around it are translated before it is compiled.
_WHO, _WHAT, _WHEN, _UNTIL = "{{ organisation.name }}", "{{ what }}", "{{ asked_on }}", "{{ until }}"
_BUTTON = (
    '<mj-button href="{{ url }}" background-color="[[button]]" color="[[on_button]]" border-radius="8px" '
    'font-size="16px" font-weight="600" inner-padding="14px 28px" padding="0 0 16px" align="left">[[press]]</mj-button>'
)
_REASON = (
    '<mj-text css-class="ink" padding="0 0 16px"><blockquote style="margin: 0; padding-left: 16px; '
    'border-left: 3px solid [[button]]">{{ reason | newline_to_br }}</blockquote></mj-text>'
)


class Answer(StrEnum):
    EXPORT = "export"
    DONE = "done"
    REFUSED = "refused"
    EXTENDED = "extended"


def answer_plan(*, answer: Answer, locale: str, brand_color: str) -> MergePlan:
    """The merge plan in the person's language, English where we do not speak it.

    Values: `what` and `asked_on` in that language, `url` (EXPORT), `reason` (REFUSED, EXTENDED), `until` (EXTENDED),
    `organisation` (name, postal_address).
    """
    return _plan(answer, language_of(locale), brand_color)


def what_was_asked(kind: RequestKind, language: str) -> str:
    with override(language):
        return {
            RequestKind.EXPORT: gettext("everything we hold about you"),
            RequestKind.ERASURE: gettext("that we erase your data"),
            RequestKind.OBJECTION: gettext("that we send you no advertising"),
            RequestKind.RESTRICTION: gettext("that we do nothing with your data for now"),
            RequestKind.CORRECTION: gettext("that we correct your data"),
        }[kind]


@lru_cache(maxsize=32)
def _plan(answer: Answer, language: str, brand_color: str) -> MergePlan:
    with override(language):
        texts = _texts(answer)
    source = _filled(answer, texts, brand_of(brand_color), language)
    content = compile_content(source=source, subject=texts["heading"], preheader=texts["heading"], organisation=None)
    return MergePlan(
        subject=content.subject,
        html=content.html,
        text=content.text,
        targets=content.links,
        key=sha256(source.encode()).hexdigest(),
    )


def _filled(answer: Answer, texts: dict[str, str], brand: Brand, language: str) -> str:
    middle = {Answer.EXPORT: _BUTTON, Answer.DONE: ""}.get(answer, _REASON)
    source = _SOURCE.read_text(encoding="utf-8").replace("[[middle]]", middle)
    looks = {"language": language, "button": brand.button, "on_button": brand.on_button}
    for name, value in {**texts, **looks}.items():
        source = source.replace(f"[[{name}]]", value)
    return source


def _texts(answer: Answer) -> dict[str, str]:
    asked = {"what": _WHAT, "day": _WHEN, "who": _WHO}
    request = gettext("On %(day)s you asked %(who)s for this: %(what)s.") % asked
    match answer:
        case Answer.EXPORT:
            return {
                "heading": gettext("Your data from %(who)s") % asked,
                "text": _both(request, gettext("Here it is: one archive, with tables and a file for programs.")),
                "press": gettext("Download my data"),
                "note": gettext(
                    "The link works for seven days. Until then keep this email to yourself: whoever has the link can "
                    "open the archive."
                ),
            }
        case Answer.REFUSED:
            return {
                "heading": gettext("We cannot do what you asked"),
                "text": _both(request, gettext("We cannot do it, for this reason:")),
                "note": gettext(
                    "If you do not agree, you may complain to the data protection authority of the place where you "
                    "live, or go to court."
                ),
            }
        case Answer.EXTENDED:
            return {
                "heading": gettext("We need more time to answer you"),
                "text": _both(request, gettext("It takes us longer than the law usually allows, for this reason:")),
                "note": gettext("You will have our answer by %(day)s at the latest.") % {"day": _UNTIL},
            }
    return {
        "heading": gettext("We have done what you asked"),
        "text": _both(request, gettext("It is done.")),
        "note": gettext("Was it not you who asked? Then answer this email."),
    }


def _both(first: str, second: str) -> str:
    return f"{first} {second}"
