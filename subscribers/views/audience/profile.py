"""One contact: who it is, what they allow and why, all that happened, and what the team may do in their name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.suppression_page import Held
from deliverability.types import EventKind, Scope, SuppressionReason
from subscribers.errors import ContactRefused
from subscribers.queries.contact_page import Row
from subscribers.queries.history import Moment, Place, Turn, history_of
from subscribers.queries.profile import Profile, consent_log, profile_of
from subscribers.queries.requests import privacy_signal_of
from subscribers.services import on_behalf
from subscribers.services.contacts import change_contact
from subscribers.services.mailing_titles import titles_of
from subscribers.types import MailingTitle, SubscriptionState
from subscribers.views.audience.forms import FieldsForm, custom_initial
from subscribers.views.audience.sunset_words import sunset_lines
from subscribers.views.audience.words import (
    AGENTS,
    BASIS_NAMES,
    EVENTS,
    SCOPES,
    SKIPPED,
    STATES,
    SUPPRESSED,
    held_back,
    in_midst,
    said,
    standing,
)

may_view = permission_required("subscribers.view", raise_exception=True)
may_edit = permission_required("subscribers.edit", raise_exception=True)
_FIELDS = ("first_name", "last_name", "locale", "country", "time_zone")
_LOG_PAGE = 200
# A single stream or list is held on the page of suppressions, which knows their names.
BY_HAND = (Scope.EVERYTHING, Scope.MARKETING, Scope.TRANSACTIONAL)


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


@require_safe
@may_view
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    profile = _profile(contact_id)
    history = history_of(contact_id, held=profile.ever_held, below=Place.read(request.GET.get("below", "")))
    words, kind = standing(_as_row(profile))
    return render(
        request,
        "subscribers/audience/contact.html",
        {
            "profile": profile,
            "contact": profile.contact,
            "signal": privacy_signal_of(contact_id),
            "standing": words,
            "kind": kind,
            "provider": provider_name(profile.contact.mailbox_provider),
            "standings": [_standing_line(each) for each in profile.standings],
            "suppressions": [_held_line(request, each) for each in profile.suppressions],
            "scopes": [(key, words) for key, words in SCOPES.items() if key in BY_HAND],
            "log": [_log_line(entry) for entry in consent_log(contact_id, most=_LOG_PAGE)],
            "known": [(field, _shown(field.value)) for field in profile.fields if field.value not in (None, "")],
            "lines": _lines(history.moments),
            "older": history.older,
            "sunsets": sunset_lines(contact_id, profile.suppressions, cast(Any, request.user).time_zone),
            "is_first_page": "below" not in request.GET,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def edit_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    profile = _profile(contact_id)
    initial = {name: getattr(profile.contact, name) for name in _FIELDS} | custom_initial(profile.fields)
    form = FieldsForm(request.POST or None, initial=initial, known=profile.fields)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            change_contact(actor=cast(Any, request.user), contact_id=contact_id, values=values, custom=form.custom())
        except ContactRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. The next mail uses it."))
            return redirect("contact", contact_id)
    return render(request, "subscribers/audience/contact_edit.html", {"form": form, "contact": profile.contact})


@require_POST
@may_edit
def act(request: HttpRequest, contact_id: int) -> HttpResponse:
    """One thing that the team does in a person's name; `act` says which."""
    given, actor = request.POST, cast(Any, request.user)
    match given.get("act"):
        case "pause":
            on_behalf.pause_for(actor=actor, contact_id=contact_id)
            done = _("They get no marketing mail for 30 days.")
        case "resume":
            on_behalf.resume_for(actor=actor, contact_id=contact_id)
            done = _("The pause is over.")
        # Without a list it means all of them; a list that cannot be read must never mean that.
        case "unsubscribe" if not given.get("list") or _is_id(given["list"]):
            list_id = int(given["list"]) if given.get("list") else None
            on_behalf.unsubscribe_for(actor=actor, contact_id=contact_id, mailing_list_id=list_id)
            done = _("Unsubscribed. No mail that is waiting goes to them any more.")
        case "suppress" if given.get("scope") in BY_HAND:
            on_behalf.suppress_contact(
                actor=actor, contact_id=contact_id, scope=Scope(given["scope"]), why=given.get("why", "")
            )
            done = _("Suppressed. Nothing of the kind reaches them, whatever they are subscribed to.")
        case "lift" if _is_id(given.get("suppression", "")):
            on_behalf.lift_suppression_of(
                actor=actor,
                contact_id=contact_id,
                suppression_id=int(given["suppression"]),
                why=given.get("why", ""),
            )
            done = _("Lifted. They get what they are subscribed to again.")
        case _:
            return HttpResponseBadRequest()
    messages.success(request, done)
    return redirect("contact", contact_id)


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _profile(contact_id: int) -> Profile:
    profile = profile_of(contact_id)
    if profile is None:
        raise Http404
    return profile


def _as_row(profile: Profile) -> Row:
    lists = [each.mailing_list.name for each in profile.standings if each.state == SubscriptionState.SUBSCRIBED]
    is_pending = any(each.state == SubscriptionState.PENDING for each in profile.standings)
    held = [each.reason for each in profile.suppressions if each.scope in (Scope.EVERYTHING, Scope.MARKETING)]
    return Row(profile.contact, lists, is_pending, held[0] if held else "")


def _standing_line(each: Any) -> dict[str, Any]:
    words, kind = STATES[each.state]
    basis = BASIS_NAMES.get(each.consent.basis, "") if each.consent else ""
    return {"standing": each, "state": words, "kind": kind, "consent": each.consent, "basis": basis}


def _log_line(entry: Any) -> dict[str, Any]:
    return {
        "entry": entry,
        "words": said(entry),
        "basis": BASIS_NAMES.get(entry.basis, ""),
    }


def _lines(moments: Sequence[Moment]) -> list[Line]:
    events = [moment.event for moment in moments if moment.event]
    titles = titles_of([(event.composer, event.reference) for event in events])
    return [_line(moment, titles) for moment in moments]


def _line(moment: Moment, titles: dict[tuple[str, str], MailingTitle]) -> Line:
    if moment.turn:
        return _turn_line(moment.turn, moment.at)
    return _event_line(moment, titles) if moment.event else _said_line(moment)


def _event_line(moment: Moment, titles: dict[tuple[str, str], MailingTitle]) -> Line:
    event = cast(Any, moment.event)
    symbol, words = EVENTS[event.kind]
    about: Any = AGENTS.get(event.agent_kind, "") or event.link
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


def _held_line(request: HttpRequest, each: Held) -> dict[str, Any]:
    is_theirs = each.reason != SuppressionReason.COMPLAINT or request.user.has_perm("deliverability.manage")
    return {
        "held": each,
        "reason": SUPPRESSED[each.reason],
        "what": in_midst(held_back(each.scope, each.target)),
        "is_liftable": not each.why_not_liftable and is_theirs,
    }


def _said_line(moment: Moment) -> Line:
    entry = cast(Any, moment.said)
    return Line("shield-check", said(entry), moment.at, about=entry.source)


def _shown(value: Any) -> Any:
    """Custom fields come from JSON; True is a yes here, and 1 is a number."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else value
