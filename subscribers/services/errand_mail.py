"""The mails about errands of the preference center in every language: one MJML source, compiled once for each."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext, override

from accounts.rules.brand import Brand, brand_of
from subscribers.services.mail_language import language_of
from subscribers.types import ErrandMail
from templates_app.queries.plans import MergePlan
from templates_app.services.compilation import compile_content

_TEMPLATES = Path(__file__).parent.parent / "templates" / "subscribers"
# Liquid fills in what differs by recipient; the sentences around it are translated before it is compiled.
_VALUES = {"organisation": "{{ organisation.name }}", "address": "{{ address }}", "other": "{{ other }}"}


def errand_plan(kind: ErrandMail, *, locale: str, brand_color: str) -> MergePlan:
    """The merge plan in the contact's language, English where we do not speak it.

    Values: `url`, `address`, `other` (a masked address), `organisation` (name, postal_address).
    """
    return _plan(kind, language_of(locale), brand_color)


@lru_cache(maxsize=64)
def _plan(kind: ErrandMail, language: str, brand_color: str) -> MergePlan:
    with override(language):
        texts = _texts(kind)
    texts |= {"preheader": texts["request"], "language": language}
    content = compile_content(
        source=_source(texts, brand_of(brand_color)),
        subject=texts["subject"],
        preheader=texts["preheader"],
        organisation=None,
    )
    return MergePlan(
        subject=content.subject,
        html=content.html,
        text=content.text,
        targets=content.links,
        key=sha256(f"{kind} {language} {brand_color}".encode()).hexdigest(),
    )


def _source(texts: dict[str, str], brand: Brand) -> str:
    source = (_TEMPLATES / "errand.mjml").read_text(encoding="utf-8")
    link = (_TEMPLATES / "errand_link.mjml").read_text(encoding="utf-8") if "action" in texts else ""
    values = {"link": link, **texts, "button": brand.button, "on_button": brand.on_button}
    for name, value in values.items():
        source = source.replace(f"[[{name}]]", value)
    return source


def _texts(kind: ErrandMail) -> dict[str, str]:
    texts = {
        ErrandMail.EXPORT: _export,
        ErrandMail.ERASURE: _erasure,
        ErrandMail.MOVE: _move,
        ErrandMail.NOTICE: _notice,
        ErrandMail.TAKEN: _taken,
    }[kind]()
    if kind != ErrandMail.TAKEN:
        texts["paste"] = gettext("If the button does not work, copy this address into your browser:")
    return {name: words % _VALUES for name, words in texts.items()}


def _export() -> dict[str, str]:
    return {
        "subject": gettext("Your data at %(organisation)s"),
        "heading": gettext("Your data"),
        "request": gettext("Somebody, we hope you, asked for a copy of all that we hold about %(address)s."),
        "action": gettext("Get my data"),
        "rest": gettext("The button works for 24 hours.")
        + " "
        + gettext("If it was not you, do nothing: without this email nobody gets your data."),
    }


def _erasure() -> dict[str, str]:
    return {
        "subject": gettext("Delete your data at %(organisation)s?"),
        "heading": gettext("Delete your data?"),
        "request": gettext("Somebody, we hope you, asked us to delete all that we hold about %(address)s."),
        "action": gettext("Delete my data"),
        "rest": gettext("The button works for 24 hours.")
        + " "
        + gettext("If it was not you, do nothing: without this email nothing is deleted."),
    }


def _move() -> dict[str, str]:
    return {
        "subject": gettext("Please confirm your new address for emails from %(organisation)s"),
        "heading": gettext("Is this your new address?"),
        "request": gettext("Somebody, we hope you, wants our emails to come to %(address)s, not to %(other)s."),
        "action": gettext("Yes, use this address"),
        "rest": gettext("The button works for 24 hours.")
        + " "
        + gettext("If it was not you, do nothing: without your confirmation nothing is changed."),
    }


def _notice() -> dict[str, str]:
    return {
        "subject": gettext("Your address for emails from %(organisation)s is about to change"),
        "heading": gettext("Your address is about to change"),
        "request": gettext("Somebody, we hope you, wants our emails to come to %(other)s, not to %(address)s."),
        "action": gettext("Stop the change"),
        "rest": gettext("If it was you, do nothing.")
        + " "
        + gettext("If it was not, the button stops it, or takes it back, for 30 days."),
    }


def _taken() -> dict[str, str]:
    return {
        "subject": gettext("Emails from %(organisation)s: this address is known already"),
        "heading": gettext("Nothing was changed"),
        "request": gettext(
            "Somebody, we hope you, wanted the emails that go to %(other)s to come to %(address)s. That address "
            "belongs to a reader of ours already."
        ),
        "rest": gettext("If both are yours, simply reply to this email. If it was not you, do nothing."),
    }
