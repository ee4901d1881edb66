"""One contact: who it is, what they allow and why, all that happened, and what the team may do in their name."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.suppression_page import Held
from deliverability.types import Scope, SuppressionReason
from subscribers.errors import ContactRefused, IdentifierRefused
from subscribers.queries.contacts.duplicates import duplicates_of
from subscribers.queries.contacts.history import Place, Strand, history_of
from subscribers.queries.contacts.page import Row
from subscribers.queries.contacts.profile import Profile, consent_log, profile_of
from subscribers.queries.engagement.score import explain_score
from subscribers.queries.people import identifiers_of, kept_id, other_addresses
from subscribers.queries.rights.requests import privacy_signal_of
from subscribers.services import on_behalf
from subscribers.services.contacts import change_contact
from subscribers.services.identifiers import add_identifier, remove_identifier
from subscribers.types import SubscriptionState
from subscribers.views.audience.forms import FieldsForm, custom_initial
from subscribers.views.audience.happened import lines_of
from subscribers.views.audience.identity_words import DEEDS, STAGES, STRANDS
from subscribers.views.audience.sunset_words import sunset_lines
from subscribers.views.audience.values import shown
from subscribers.views.audience.words import (
    BASIS_NAMES,
    SCOPES,
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


@require_safe
@may_view
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    if moved := _moved_to(contact_id):
        return moved
    profile = _profile(contact_id)
    strand = next((each for each in Strand if each == request.GET.get("only")), None)
    below = Place.read(request.GET.get("below", ""))
    history = history_of(contact_id, held=profile.ever_held, below=below, strand=strand)
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
            "known": [(field, shown(field.value)) for field in profile.fields if field.value not in (None, "")],
            "lines": lines_of(history.moments),
            "strands": list(STRANDS.items()),
            "strand": strand,
            "older": history.older,
            "sunsets": sunset_lines(contact_id, profile.suppressions, cast(Any, request.user).time_zone),
            "is_first_page": not {"below", "only"} & request.GET.keys(),
            **_identity_context(contact_id),
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
        case "identifier":
            done = _add_identifier(request, contact_id)
        case "forget-identifier" if _is_id(given.get("identifier", "")):
            remove_identifier(actor=actor, contact_id=contact_id, identifier_id=int(given["identifier"]))
            done = _("Removed.")
        case _:
            return HttpResponseBadRequest()
    if done:
        messages.success(request, done)
    return redirect("contact", contact_id)


def _add_identifier(request: HttpRequest, contact_id: int) -> str:
    """What was done, in words; a refusal is told where messages are."""
    given = request.POST
    try:
        add_identifier(
            actor=cast(Any, request.user),
            contact_id=contact_id,
            source=given.get("source", ""),
            external_id=given.get("external_id", ""),
        )
    except IdentifierRefused as refused:
        messages.error(request, str(refused))
        return ""
    return _("Kept. Imports and programs find this person by it.")


def _identity_context(contact_id: int) -> dict[str, Any]:
    explained = explain_score(contact_id)
    deeds = [(DEEDS[share.deed], share) for share in explained.shares] if explained else []
    return {
        "others": other_addresses(contact_id),
        "identifiers": identifiers_of(contact_id),
        "alike": duplicates_of(contact_id),
        "explained": explained,
        "deeds": deeds,
        "stage": STAGES[explained.score.stage] if explained else None,
    }


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _profile(contact_id: int) -> Profile:
    profile = profile_of(contact_id)
    if profile is None:
        raise Http404
    return profile


def _moved_to(contact_id: int) -> HttpResponse | None:
    """Old bookmarks and reports know a merged contact by its own id."""
    kept = kept_id(contact_id)
    return redirect("contact", kept) if kept != contact_id else None


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


def _held_line(request: HttpRequest, each: Held) -> dict[str, Any]:
    is_theirs = each.reason != SuppressionReason.COMPLAINT or request.user.has_perm("deliverability.manage")
    return {
        "held": each,
        "reason": SUPPRESSED[each.reason],
        "what": in_midst(held_back(each.scope, each.target)),
        "is_liftable": not each.why_not_liftable and is_theirs,
    }
