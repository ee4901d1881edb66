"""What each button of the preference center does: reads the form, calls one service, says in a word what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial

from django.conf import settings
from django.http import HttpRequest

from subscribers.errors import NotSetUp, PauseRefused
from subscribers.models import Contact
from subscribers.queries.consent.topics import topics_of
from subscribers.queries.times import zone_of
from subscribers.queries.tokens import Visitor
from subscribers.rules.judgement import Risk, judge_address
from subscribers.services.errands import ask_for_data, ask_for_move
from subscribers.services.preferences import (
    change_frequencies,
    change_language,
    change_topics,
    change_tracking,
    pause,
    resume,
)
from subscribers.services.subscriptions import say_why, undo_unsubscribe_all, unsubscribe_all
from subscribers.services.tracking_again import answer_tracking_again
from subscribers.services.wordings import TRACKING, publish_page_wordings
from subscribers.types import Asked, Frequency, LeavingReason, Origin, Purpose
from subscribers.views.dispatching import send_soon
from subscribers.views.pages import language_for, masthead, spoken

_FREQUENCIES = {frequency.value for frequency in Frequency}
_REASONS = {reason.value for reason in LeavingReason}


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, on whose page, and how the ledger is to say it."""

    request: HttpRequest
    contact: Contact
    visitor: Visitor
    origin: Origin

    def value(self, name: str) -> str:
        return self.request.POST.get(name, "")

    def values(self, name: str) -> list[str]:
        return self.request.POST.getlist(name)


def asks_for_privacy(request: HttpRequest) -> bool:
    """Global Privacy Control: the browser says for its person that they are not to be tracked."""
    return request.headers.get("Sec-GPC") == "1"


def honour_signal(press: Press) -> None:
    """Withdraw tracking where the browser asks for it; no button of a form may say otherwise."""
    if asks_for_privacy(press.request):
        origin = replace(press.origin, source=f"{press.origin.source} (Global Privacy Control: Sec-GPC: 1)")
        _set_tracking(press, dict.fromkeys(TRACKING, False), origin)


def save(press: Press) -> str:
    """Only what differs between what was shown and what came back: another tab's change is not undone."""
    ticked, was = _ids(press.values("topic")), _ids(press.values("was"))
    offered = {topic.id for topic in topics_of(press.contact.pk)}
    change_topics(
        contact_id=press.contact.pk,
        join=(ticked - was) & offered,
        leave=(was - ticked) & offered,
        wording_id=_wordings(press)[Purpose.SUBSCRIPTION],
        origin=press.origin,
        mailing_id=press.visitor.mailing_id,
    )
    often = {topic: press.value(f"often-{topic}") for topic in offered}
    change_frequencies(
        contact_id=press.contact.pk,
        choices={
            topic: Frequency(chosen)
            for topic, chosen in often.items()
            if chosen in _FREQUENCIES and chosen != press.value(f"often_was-{topic}")
        },
        origin=press.origin,
    )
    if not asks_for_privacy(press.request):
        allowed, before = set(press.values("tracking")), set(press.values("tracking_was"))
        _set_tracking(press, {p: p in allowed for p in TRACKING if (p in allowed) != (p in before)}, press.origin)
    _save_language(press)
    return "saved"


def take_break(press: Press) -> str:
    """For 30 days, or until the beginning of a day of their own choice where they live."""
    if not press.value("until"):
        pause(contact_id=press.contact.pk, origin=press.origin)
        return "paused"
    try:
        day = date.fromisoformat(press.value("until"))
        until = datetime.combine(day, time.min, zone_of(press.contact.time_zone))
        pause(contact_id=press.contact.pk, origin=press.origin, until=until)
    except (PauseRefused, ValueError, OverflowError):
        return "bad-date"
    return "paused"


def end_break(press: Press) -> str:
    resume(contact_id=press.contact.pk, origin=press.origin)
    return "resumed"


def leave(press: Press) -> str:
    unsubscribe_all(contact_id=press.contact.pk, origin=press.origin, mailing_id=press.visitor.mailing_id)
    return "left"


def undo(press: Press) -> str:
    undone = [
        undo_unsubscribe_all(contact_id=press.contact.pk, entry_id=entry_id, origin=press.origin)
        for entry_id in _ids(press.values("entry"))
    ]
    return "undone" if any(undone) else "too-late"


def tell_why(press: Press) -> str:
    reason, words = press.value("reason"), press.value("words").replace("\x00", "")
    if reason not in _REASONS:
        if not words.strip():
            return "left"
        reason = LeavingReason.OTHER
    for entry_id in _ids(press.values("entry")):
        say_why(
            contact_id=press.contact.pk,
            entry_id=entry_id,
            reason=LeavingReason(reason),
            words=words,
            mailing_id=press.visitor.mailing_id,
        )
    return "told"


def ask_for_copy(press: Press) -> str:
    return _ask(press, partial(ask_for_data, purpose=Purpose.EXPORT))


def ask_for_deletion(press: Press) -> str:
    return _ask(press, partial(ask_for_data, purpose=Purpose.ERASURE))


def ask_for_new_address(press: Press) -> str:
    judged = judge_address(press.value("address").strip())
    if not judged.accepted or judged.risk is Risk.DISPOSABLE:
        return "bad-address"
    return _ask(press, partial(ask_for_move, address=judged.address))


def _ask(press: Press, ask: Callable[..., Asked]) -> str:
    try:
        asked = ask(contact_id=press.contact.pk, origin=press.origin)
    except NotSetUp:
        return "not-now"
    if asked != Asked.MAILED:
        return asked.value.replace("_", "-")
    send_soon()
    return "mailed"


def answer_again(press: Press) -> str:
    """Yes or no to the tracking that stands, asked anew where the law lets a yes last only so long."""
    if not asks_for_privacy(press.request) and press.value("again") in ("yes", "no"):
        answer_tracking_again(
            contact_id=press.contact.pk,
            allowed=press.value("again") == "yes",
            wordings=_wordings(press),
            origin=press.origin,
        )
    return "saved"


ACTIONS: dict[str, Callable[[Press], str]] = {
    "tracking-again": answer_again,
    "save": save,
    "pause": take_break,
    "resume": end_break,
    "leave": leave,
    "undo": undo,
    "why": tell_why,
    "copy": ask_for_copy,
    "delete": ask_for_deletion,
    "address": ask_for_new_address,
}


def _wordings(press: Press) -> dict[Purpose, int]:
    language = language_for(press.request, press.contact)
    return dict(publish_page_wordings(organisation=masthead().name, locale=language))


def _set_tracking(press: Press, choices: dict[Purpose, bool], origin: Origin) -> None:
    if choices:
        change_tracking(contact_id=press.contact.pk, choices=choices, wordings=_wordings(press), origin=origin)


def _save_language(press: Press) -> None:
    chosen = press.value("language")
    is_new = chosen in dict(settings.LANGUAGES) and chosen != press.value("language_was")
    # Who speaks de-AT has chosen German already.
    if is_new and chosen != spoken(press.contact.locale):
        change_language(contact_id=press.contact.pk, language=chosen, origin=press.origin)


def _ids(values: Iterable[str]) -> set[int]:
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19}
