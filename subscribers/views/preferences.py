"""The preference center: a person's own page, opened by the link in any of their mails."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from deliverability.queries.suppressions import suppressed_keys
from deliverability.types import StreamKind
from subscribers.errors import ContactGone
from subscribers.models import Contact, Farewell
from subscribers.queries.consent.expiring import is_tracking_due
from subscribers.queries.consent.ledger import departure_to_undo
from subscribers.queries.consent.topics import has_left, is_blocked, topics_of
from subscribers.queries.times import zone_of
from subscribers.queries.tokens import read_visitor
from subscribers.rules.masking import mask_address
from subscribers.services.preferences import LONGEST_PAUSE
from subscribers.services.wordings import TRACKING, wording_text
from subscribers.types import FIRST_TEST_RECIPIENT, Purpose
from subscribers.views.choices import ACTIONS, Press, asks_for_privacy, honour_signal
from subscribers.views.origins import origin_of
from subscribers.views.pages import language_for, masthead, show, spoken
from subscribers.views.told import FREQUENCIES, REASONS, told_by


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
    act = ACTIONS.get(request.POST.get("do", "")) if request.method == "POST" else None
    if act is None:
        return _page(request, contact)
    press = Press(request, contact, visitor, origin_of(request, page="/p/", mailing_id=visitor.mailing_id))
    try:
        honour_signal(press)
        done = act(press)
    except ContactGone:
        return show(request, "link_unknown", status=404)
    if done.startswith("bad-"):
        return _page(request, contact, done, status=422)
    # Shown in another language than the contact's, the page stays in it; a language that was saved just now wins.
    shown = {"lang": request.GET["lang"]} if "lang" in request.GET and not request.POST.get("language") else {}
    return HttpResponseRedirect(f"{request.path}?{urlencode({'done': done, **shown})}", status=303)


def _page(request: HttpRequest, contact: Contact, done: str = "", status: int = 200) -> HttpResponse:
    language = language_for(request, contact)
    context = {
        "address": mask_address(contact.email),
        "topics": topics_of(contact.pk),
        "frequencies": FREQUENCIES,
        "wording": wording_text(purpose=Purpose.SUBSCRIPTION, organisation=masthead().name, locale=language),
        "contact_language": spoken(contact.locale),
        "has_left": has_left(contact),
        "is_blocked": is_blocked(contact),
        "told": told_by(contact.pk, language=language),
        "can_be_asked": not suppressed_keys(StreamKind.TRANSACTIONAL, [bytes(contact.address_key)]),
        "done": done or request.GET.get("done", ""),
        "asks_tracking_again": not asks_for_privacy(request) and is_tracking_due(contact, timezone.now()),
        **_tracking(request, contact, language),
        **_break(contact),
        **_farewell(contact),
    }
    return show(request, "preferences", context, contact=contact, status=status)


def _tracking(request: HttpRequest, contact: Contact, language: str) -> dict[str, Any]:
    allowed = {Purpose.OPEN_TRACKING: contact.tracks_opens, Purpose.CLICK_TRACKING: contact.tracks_clicks}
    signal = asks_for_privacy(request)
    choices = [
        {
            "name": purpose.value,
            "text": wording_text(purpose=purpose, organisation=masthead().name, locale=language),
            "is_allowed": allowed[purpose] and not signal,
        }
        for purpose in TRACKING
    ]
    return {"tracking": choices, "asks_for_privacy": signal}


def _break(contact: Contact) -> dict[str, Any]:
    now, zone = timezone.now(), zone_of(contact.time_zone)
    today = now.astimezone(zone).date()
    return {
        "paused_until": contact.paused_until if contact.paused_until and contact.paused_until > now else None,
        "time_zone": zone,
        "first_day": (today + timedelta(days=1)).isoformat(),
        "last_day": (today + LONGEST_PAUSE - timedelta(days=1)).isoformat(),
    }


def _farewell(contact: Contact) -> dict[str, Any]:
    """The departure that may still be undone, and what the person may say about it, once."""
    departure = departure_to_undo(contact.pk, timezone.now())
    asks = departure is not None and not Farewell.objects.filter(entry_id=departure.pk).exists()
    return {"departure": departure, "reasons": REASONS if asks else ()}
