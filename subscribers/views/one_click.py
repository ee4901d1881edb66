"""One-click unsubscribe (RFC 8058), and the page that a person sees behind the same link."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import ContactGone
from subscribers.models import Contact
from subscribers.queries.consent.topics import has_left
from subscribers.queries.tokens import Visitor, read_visitor
from subscribers.rules.masking import mask_address
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.types import FIRST_TEST_RECIPIENT
from subscribers.views.origins import origin_of
from subscribers.views.pages import show


# RFC 8058 3.1 and 3.2: no cookie, no other proof than the token, no redirect; and only a POST acts.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    visitor = read_visitor(token)
    if visitor is None:
        return show(request, "link_unknown", status=404)
    if request.method != "POST":
        return _page(request, visitor, token)
    is_person = _is_our_button(request)
    actor = "the person" if is_person else "the person's mail client (RFC 8058)"
    origin = origin_of(request, page="/u/", actor=actor, mailing_id=visitor.mailing_id)
    try:
        unsubscribe_all(contact_id=visitor.contact_id, origin=origin, mailing_id=visitor.mailing_id)
    except ContactGone:
        # Whoever is gone gets nothing more, which is what was asked for.
        pass
    if is_person:
        return HttpResponseRedirect(f"{reverse('preferences', args=[token])}?done=left", status=303)
    return HttpResponse("Unsubscribed.\n", content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    contact = Contact.objects.filter(pk=visitor.contact_id).first()
    if contact is None:
        is_test = visitor.contact_id >= FIRST_TEST_RECIPIENT
        return show(request, "link_unknown", {"is_test": is_test}, status=404)
    context = {
        "address": mask_address(contact.email),
        "has_left": has_left(contact),
        "preferences_url": reverse("preferences", args=[token]),
    }
    return show(request, "unsubscribe", context, contact=contact)


def _is_our_button(request: HttpRequest) -> bool:
    """Whether the page's button was pressed. Any other POST is taken for the mail client's.

    A body that cannot be read, or says something else, is no reason to go on mailing somebody who wants out.
    """
    try:
        return request.POST.get("from") == "page"
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnicodeError, OSError):
        return False
