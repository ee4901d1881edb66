"""What a person told us, back to them in their language."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from subscribers.models import ConsentRecord
from subscribers.queries.contacts.profile import consent_log
from subscribers.types import ConsentAction, Frequency, LeavingReason, Purpose

FREQUENCIES: tuple[tuple[str, Promise], ...] = (
    (Frequency.EVERY.value, _("Every issue")),
    (Frequency.WEEKLY.value, _("At most once a week")),
    (Frequency.MONTHLY.value, _("At most once a month")),
)
REASONS: tuple[tuple[str, Promise], ...] = (
    (LeavingReason.TOO_MANY.value, _("Too many emails")),
    (LeavingReason.NOT_FOR_ME.value, _("They were not for me")),
    (LeavingReason.NO_LONGER_NEEDED.value, _("I no longer need them")),
    (LeavingReason.NEVER_SIGNED_UP.value, _("I never signed up")),
    (LeavingReason.OTHER.value, _("Another reason")),
)
_ON_A_PAGE = 25
_FREQUENCIES = dict(FREQUENCIES)
_LANGUAGES = dict(settings.LANGUAGES)
_SAID: dict[tuple[str, str], Promise] = {
    (Purpose.SUBSCRIPTION, ConsentAction.REQUESTED): _("You asked for “%(topic)s”"),
    (Purpose.SUBSCRIPTION, ConsentAction.GRANTED): _("You said yes to “%(topic)s”"),
    (Purpose.SUBSCRIPTION, ConsentAction.WITHDRAWN): _("You left “%(topic)s”"),
    (Purpose.FREQUENCY, ConsentAction.CHOSEN): _("You chose for “%(topic)s”: %(chosen)s"),
    (Purpose.MARKETING, ConsentAction.GRANTED): _("You said yes to our emails again"),
    (Purpose.MARKETING, ConsentAction.WITHDRAWN): _("You unsubscribed from everything"),
    (Purpose.MARKETING, ConsentAction.PAUSED): _("You took a break"),
    (Purpose.MARKETING, ConsentAction.RESUMED): _("You ended your break"),
    (Purpose.OPEN_TRACKING, ConsentAction.REQUESTED): _("You asked us to record opens"),
    (Purpose.OPEN_TRACKING, ConsentAction.GRANTED): _("You allowed us to record opens"),
    (Purpose.OPEN_TRACKING, ConsentAction.WITHDRAWN): _("You forbade us to record opens"),
    (Purpose.CLICK_TRACKING, ConsentAction.REQUESTED): _("You asked us to record clicks"),
    (Purpose.CLICK_TRACKING, ConsentAction.GRANTED): _("You allowed us to record clicks"),
    (Purpose.CLICK_TRACKING, ConsentAction.WITHDRAWN): _("You forbade us to record clicks"),
    (Purpose.LANGUAGE, ConsentAction.CHOSEN): _("You chose a language: %(chosen)s"),
    (Purpose.ADDRESS, ConsentAction.REQUESTED): _("You asked to change your address"),
    (Purpose.ADDRESS, ConsentAction.GRANTED): _("You changed your address"),
    (Purpose.ADDRESS, ConsentAction.WITHDRAWN): _("You stopped a change of your address"),
    (Purpose.EXPORT, ConsentAction.REQUESTED): _("You asked for your data"),
    (Purpose.EXPORT, ConsentAction.GRANTED): _("You took a copy of your data"),
    (Purpose.ERASURE, ConsentAction.REQUESTED): _("You asked to have your data deleted"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """`is_ours`: somebody of the team, an import or a shop said it for them."""

    at: datetime
    words: str
    is_ours: bool


def told_by(contact_id: int, *, language: str) -> list[Told]:
    """The latest statements, newest first. No addresses: a mail's link may be read by whoever got it forwarded."""
    with override(language):
        said = [(entry, _words(entry)) for entry in consent_log(contact_id, most=_ON_A_PAGE)]
    return [
        Told(entry.occurred_at, words, is_ours=not entry.actor.startswith("the person"))
        for entry, words in said
        if words
    ]


def _words(entry: ConsentRecord) -> str:
    sentence = _SAID.get((entry.purpose, entry.action))
    if sentence is None:
        return ""
    chosen = _FREQUENCIES.get(entry.detail) or _LANGUAGES.get(entry.detail, "")
    return str(sentence) % {"topic": entry.mailing_list.name if entry.mailing_list else "", "chosen": chosen}
