"""The link of a mail that asks again: looking changes nothing, the button records express consent."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import ContactGone
from subscribers.models import Contact
from subscribers.queries.consent.reconfirming import to_reconfirm
from subscribers.queries.tokens import Visitor, read_visitor
from subscribers.rules.masking import mask_address
from subscribers.services.reconfirming import reconfirm as reconfirm_service
from subscribers.services.reconfirming import reconfirmation_text
from subscribers.types import FIRST_TEST_RECIPIENT
from subscribers.views.origins import origin_of
from subscribers.views.pages import language_for, masthead, show


# The token is the authority: no cookie takes part, so there is nothing that another site could ride on.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reconfirm(request: HttpRequest, token: str) -> HttpResponse:
    visitor = read_visitor(token)
    contact = Contact.objects.filter(pk=visitor.contact_id).first() if visitor else None
    if visitor is None or contact is None:
        is_test = visitor is not None and visitor.contact_id >= FIRST_TEST_RECIPIENT
        return show(request, "link_unknown", {"is_test": is_test}, status=404)
    if request.method != "POST":
        return _ask(request, contact, token)
    return _confirm(request, contact, visitor, token)


def _ask(request: HttpRequest, contact: Contact, token: str, *, is_missing: bool = False) -> HttpResponse:
    lists = to_reconfirm(contact.pk)
    text = reconfirmation_text(organisation=masthead().name, locale=language_for(request, contact))
    context = {
        "address": mask_address(contact.email),
        "lists": lists,
        "wording": text,
        "is_done": "done" in request.GET,
        "is_missing": is_missing,
        "preferences_url": reverse("preferences", args=[token]),
    }
    return show(request, "reconfirm", context, contact=contact, status=422 if is_missing else 200)


def _confirm(request: HttpRequest, contact: Contact, visitor: Visitor, token: str) -> HttpResponse:
    """With a single list there is nothing to choose; of several, nothing is ticked beforehand (CASL s. 6)."""
    lists = to_reconfirm(contact.pk)
    chosen = set(request.POST.getlist("lists"))
    wanted = [found.pk for found in lists if len(lists) == 1 or str(found.pk) in chosen]
    if lists and not wanted:
        return _ask(request, contact, token, is_missing=True)
    try:
        reconfirm_service(
            contact_id=contact.pk,
            mailing_list_ids=wanted,
            organisation=masthead().name,
            locale=language_for(request, contact),
            origin=origin_of(request, page="/k/", mailing_id=visitor.mailing_id),
        )
    except ContactGone:
        return show(request, "link_unknown", status=404)
    return HttpResponseRedirect(f"{request.path}?done", status=303)
