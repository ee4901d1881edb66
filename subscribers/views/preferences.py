"""The preference center: a person's own page, opened by the link in any of their mails."""

from collections.abc import Callable, Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import ContactGone
from subscribers.models import Contact
from subscribers.queries.ledger import departure_to_undo
from subscribers.queries.times import zone_of
from subscribers.queries.tokens import Visitor, read_visitor
from subscribers.queries.topics import has_left, is_blocked, topics_of
from subscribers.rules.masking import mask_address
from subscribers.services.preferences import change_topics, change_tracking, pause, resume
from subscribers.services.subscriptions import undo_unsubscribe_all, unsubscribe_all
from subscribers.services.wordings import TRACKING, publish_page_wordings, wording_text
from subscribers.types import FIRST_TEST_RECIPIENT, Origin, Purpose
from subscribers.views.origins import origin_of
from subscribers.views.pages import language_for, masthead, show


# The token is the authority, and this page sends no referrer, without which Django's CSRF check fails over HTTPS.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    visitor = read_visitor(token)
    contact = Contact.objects.filter(pk=visitor.contact_id).first() if visitor else None
    if visitor is None or contact is None:
        is_test = visitor is not None and visitor.contact_id >= FIRST_TEST_RECIPIENT
        return show(request, "link_unknown", {"is_test": is_test}, status=404)
    if request.method != "POST":
        return _page(request, contact)
    act = _ACTIONS.get(request.POST.get("do", ""))
    if act is None:
        return _page(request, contact)
    try:
        done = act(request, contact, visitor, origin_of(request, page="/p/", mailing_id=visitor.mailing_id))
    except ContactGone:
        return show(request, "link_unknown", status=404)
    return HttpResponseRedirect(f"{request.path}?done={done}", status=303)


def _page(request: HttpRequest, contact: Contact) -> HttpResponse:
    now, language = timezone.now(), language_for(request, contact)
    departure = departure_to_undo(contact.pk, now)
    context = {
        "address": mask_address(contact.email),
        "topics": topics_of(contact.pk),
        "tracking": [
            {
                "name": purpose.value,
                "text": wording_text(purpose=purpose, organisation=masthead().name, locale=language),
                "is_allowed": contact.tracks_opens if purpose == Purpose.OPEN_TRACKING else contact.tracks_clicks,
            }
            for purpose in TRACKING
        ],
        "wording": wording_text(purpose=Purpose.SUBSCRIPTION, organisation=masthead().name, locale=language),
        "paused_until": contact.paused_until if contact.paused_until and contact.paused_until > now else None,
        "time_zone": zone_of(contact.time_zone),
        "departure": departure,
        "has_left": has_left(contact),
        "is_blocked": is_blocked(contact),
        "done": request.GET.get("done", ""),
    }
    return show(request, "preferences", context, contact=contact)


def _save(request: HttpRequest, contact: Contact, visitor: Visitor, origin: Origin) -> str:
    """Only what differs between what was shown and what came back: another tab's change is not undone."""
    wordings = publish_page_wordings(organisation=masthead().name, locale=language_for(request, contact))
    ticked, was = _ids(request.POST.getlist("topic")), _ids(request.POST.getlist("was"))
    offered = {topic.id for topic in topics_of(contact.pk)}
    change_topics(
        contact_id=contact.pk,
        join=(ticked - was) & offered,
        leave=(was - ticked) & offered,
        wording_id=wordings[Purpose.SUBSCRIPTION],
        origin=origin,
        mailing_id=visitor.mailing_id,
    )
    allowed, allowed_before = set(request.POST.getlist("tracking")), set(request.POST.getlist("tracking_was"))
    change_tracking(
        contact_id=contact.pk,
        choices={p: p.value in allowed for p in TRACKING if (p.value in allowed) != (p.value in allowed_before)},
        wordings=wordings,
        origin=origin,
    )
    return "saved"


def _pause(request: HttpRequest, contact: Contact, visitor: Visitor, origin: Origin) -> str:
    pause(contact_id=contact.pk, origin=origin)
    return "paused"


def _resume(request: HttpRequest, contact: Contact, visitor: Visitor, origin: Origin) -> str:
    resume(contact_id=contact.pk, origin=origin)
    return "resumed"


def _leave(request: HttpRequest, contact: Contact, visitor: Visitor, origin: Origin) -> str:
    unsubscribe_all(contact_id=contact.pk, origin=origin, mailing_id=visitor.mailing_id)
    return "left"


def _undo(request: HttpRequest, contact: Contact, visitor: Visitor, origin: Origin) -> str:
    entry_ids = _ids([request.POST.get("entry", "")])
    undone = [undo_unsubscribe_all(contact_id=contact.pk, entry_id=entry_id, origin=origin) for entry_id in entry_ids]
    return "undone" if any(undone) else "too-late"


_ACTIONS: dict[str, Callable[[HttpRequest, Contact, Visitor, Origin], str]] = {
    "save": _save,
    "pause": _pause,
    "resume": _resume,
    "leave": _leave,
    "undo": _undo,
}


def _ids(values: Iterable[str]) -> set[int]:
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19}
