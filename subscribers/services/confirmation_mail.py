"""The confirmation mail in every language: one MJML source, compiled once per process, language and brand."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext, override

from accounts.rules.brand import brand_of
from subscribers.services.mail_language import language_of
from templates_app.queries.plans import MergePlan
from templates_app.services.compilation import compile_content

_SOURCE = Path(__file__).parent.parent / "templates" / "subscribers" / "confirmation.mjml"
# Liquid fills in what differs by recipient; the sentences around it are translated before it is compiled.
_ORGANISATION = "{{ organisation.name }}"


def confirmation_plan(*, locale: str, brand_color: str, is_reminder: bool = False) -> MergePlan:
    """The merge plan in the contact's language, English where we do not speak it.

    Values: `confirm_url`, `address`, `lists` (names), `organisation` (name, postal_address).
    """
    return _plan(language_of(locale), brand_color, is_reminder)


@lru_cache(maxsize=32)
def _plan(language: str, brand_color: str, is_reminder: bool) -> MergePlan:
    brand = brand_of(brand_color)
    with override(language):
        texts = {**_texts(), **(_reminding() if is_reminder else {})}
    source = _SOURCE.read_text(encoding="utf-8")
    for name, value in {**texts, "language": language, "button": brand.button, "on_button": brand.on_button}.items():
        source = source.replace(f"[[{name}]]", value)
    content = compile_content(source=source, subject=texts["subject"], preheader=texts["preheader"], organisation=None)
    return MergePlan(
        subject=content.subject,
        html=content.html,
        text=content.text,
        targets=content.links,
        key=sha256(source.encode()).hexdigest(),
    )


def _texts() -> dict[str, str]:
    return {
        "subject": gettext("Please confirm: emails from %(organisation)s") % {"organisation": _ORGANISATION},
        "preheader": gettext("One press of the button, and you are signed up."),
        "heading": gettext("Was it you?"),
        "request": gettext("Somebody, we hope you, signed up %(address)s for emails from %(organisation)s:")
        % {"address": "<strong>{{ address }}</strong>", "organisation": _ORGANISATION},
        "confirm": gettext("Yes, sign me up"),
        "validity": gettext("The button works for seven days."),
        "ignore": gettext(
            "If it was not you, do nothing: without your confirmation we send you nothing but a few reminders at most."
        ),
        "paste": gettext("If the button does not work, copy this address into your browser:"),
    }


def _reminding() -> dict[str, str]:
    return {
        "subject": gettext("Still waiting for you: emails from %(organisation)s") % {"organisation": _ORGANISATION},
        "heading": gettext("Did you mean to sign up?"),
        "request": gettext("You, or somebody with your address %(address)s, asked for emails from %(organisation)s:")
        % {"address": "<strong>{{ address }}</strong>", "organisation": _ORGANISATION},
        "ignore": gettext("If you do nothing, you get no email from us but at most two more reminders."),
    }
