"""All that happened with a person, as lines of their page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deliverability.queries.recipient_events import RecipientEvent
from deliverability.types import EventKind
from subscribers.models import ConsentRecord, ContactActivity, ContactChange, ContactMerge, CustomField, PrivacyRequest
from subscribers.queries.contacts.history import Moment, Turn
from subscribers.services.mailing_titles import titles_of
from subscribers.types import MailingTitle
from subscribers.views.audience.identity_words import FIELD_NAMES, REQUESTS
from subscribers.views.audience.words import AGENTS, EVENTS, SKIPPED, SUPPRESSED, held_back, in_midst, said

_MOST_DETAILS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened; `reply` holds a server's own words, `asks_why` says that it decides who got a mail."""

    icon: str
    words: Any
    at: datetime
    title: MailingTitle | None = None
    about: Any = ""
    reply: str = ""
    asks_why: bool = False
    is_mail: bool = False


def lines_of(moments: Sequence[Moment]) -> list[Line]:
    events = [moment.what for moment in moments if isinstance(moment.what, RecipientEvent)]
    titles = titles_of([(event.composer, event.reference) for event in events])
    labels = dict(CustomField.objects.values_list("key", "label"))
    return [_line(moment, titles, labels) for moment in moments]


def _line(moment: Moment, titles: dict[tuple[str, str], MailingTitle], labels: Mapping[str, str]) -> Line:
    match moment.what:
        case RecipientEvent():
            return _event_line(moment.what, titles)
        case ConsentRecord():
            return Line("shield-check", said(moment.what), moment.at, about=moment.what.source)
        case Turn():
            return _turn_line(moment.what, moment.at)
        case ContactActivity():
            return _activity_line(moment.what)
        case ContactMerge():
            return _merge_line(moment.what)
        case ContactChange():
            return _change_line(moment.what, labels)
        case PrivacyRequest():
            words = _("Asked us: %(what)s") % {"what": REQUESTS[moment.what.kind]}
            return Line("file-text", words, moment.at, about=moment.what.source)


def _activity_line(activity: ContactActivity) -> Line:
    about = ", ".join(f"{key}: {value}" for key, value in list(activity.properties.items())[:_MOST_DETAILS])
    words = _("Did “%(what)s”") % {"what": activity.name}
    if activity.value is not None:
        words = _("Did “%(what)s” for %(value)s") % {"what": activity.name, "value": f"{activity.value:,.2f}"}
    return Line("zap", words, activity.occurred_at, about=about)


def _merge_line(merge: ContactMerge) -> Line:
    words = _("Merged with %(email)s") % {"email": merge.merged.email}
    return Line("users", words, merge.merged_at, about=" · ".join([merge.merged_by, *merge.decisions]))


def _change_line(change: ContactChange, labels: Mapping[str, str]) -> Line:
    parts = [str(FIELD_NAMES.get(part, labels.get(part, part))) for part in change.parts]
    return Line(
        "pencil", _("Changed: %(parts)s") % {"parts": ", ".join(parts)}, change.changed_at, about=change.changed_by
    )


def _event_line(event: RecipientEvent, titles: dict[tuple[str, str], MailingTitle]) -> Line:
    symbol, words = EVENTS[event.kind]
    about: Any = (AGENTS.get(event.agent_kind, "") if event.agent_kind else "") or event.link
    if event.kind == EventKind.SKIPPED:
        about = _("because %(why)s") % {"why": SKIPPED.get(event.detail, event.detail)}
    spoken = event.kind in (EventKind.ACCEPTED, EventKind.DEFERRED, EventKind.FAILED, EventKind.BOUNCED)
    reply = " ".join(part for part in (str(event.code or ""), event.detail) if part) if spoken else ""
    title = titles.get((event.composer, event.reference))
    asks_why = spoken or event.kind == EventKind.SKIPPED
    return Line(symbol, words, event.at, title, about, reply, asks_why, is_mail=True)


def _turn_line(turn: Turn, at: datetime) -> Line:
    held = turn.held
    names = {"reason": SUPPRESSED[held.reason], "what": in_midst(held_back(held.scope, held.target))}
    if turn.is_lift:
        words = _("Let go again: %(reason)s, %(what)s") % names
        return Line("check", words, at, about=_by(held.lifted_why, held.lifted_by))
    words = _("Suppressed: %(reason)s, %(what)s") % names
    return Line("ban", words, at, about=_by(held.evidence, held.added_by))


def _by(text: str, who: str) -> str:
    return f"{text} · {who}" if text and who else text or who
