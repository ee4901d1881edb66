"""The link of the confirmation mail: looking changes nothing, because mail scanners look at every link."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import ContactGone, NotSetUp
from subscribers.models import Contact, SignUpForm
from subscribers.queries.consent.ledger import said_by, waits_for_answer
from subscribers.queries.lists.sign_up_forms import text_in
from subscribers.queries.tokens import ConfirmationLink, read_confirmation, sign_visit
from subscribers.rules.masking import mask_address
from subscribers.services.sign_up import confirm_sign_up, sign_up_again
from subscribers.types import ConsentAction
from subscribers.views.dispatching import send_soon
from subscribers.views.origins import origin_of
from subscribers.views.pages import language_for, show


# The token is the authority: no cookie takes part, so there is nothing that another site could ride on.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    link = read_confirmation(token)
    contact = Contact.objects.filter(pk=link.contact_id).first() if link else None
    if link is None or contact is None:
        return show(request, "link_unknown", status=404)
    if link.is_expired:
        return _renew(request, link, contact) if request.method == "POST" else _expired(request, link, contact)
    if request.method == "POST":
        return _confirm(request, link, contact)
    return _ask(request, link, contact)


def _ask(request: HttpRequest, link: ConfirmationLink, contact: Contact) -> HttpResponse:
    requests = said_by(contact.pk).filter(pk__in=link.request_ids, action=ConsentAction.REQUESTED)
    asked = requests.select_related("mailing_list")
    waiting = [entry for entry in asked.order_by("pk") if waits_for_answer(entry)]
    if not any(entry.mailing_list for entry in waiting):
        return _answered(request, link, contact)
    context = {
        "address": contact.email,
        "lists": [entry.mailing_list for entry in waiting if entry.mailing_list],
        "tracking": [entry.wording.text for entry in waiting if not entry.mailing_list and entry.wording],
    }
    return show(request, "confirm", context, contact=contact)


def _confirm(request: HttpRequest, link: ConfirmationLink, contact: Contact) -> HttpResponse:
    try:
        confirm_sign_up(
            contact_id=contact.pk,
            form_id=link.form_id,
            request_ids=link.request_ids,
            origin=origin_of(request, page="/c/"),
        )
    except ContactGone:
        return show(request, "link_unknown", status=404)
    return HttpResponseRedirect(request.path, status=303)


def _answered(request: HttpRequest, link: ConfirmationLink, contact: Contact) -> HttpResponse:
    """What stands now: after the button, after a second look days later, or after the person left."""
    subscribed = contact.subscriptions.filter(
        state="subscribed", mailing_list__in=_asked_lists(link, contact)
    ).select_related("mailing_list")
    form = SignUpForm.objects.select_related("wording").filter(pk=link.form_id).first()
    context = {
        "address": contact.email,
        "lists": [standing.mailing_list for standing in subscribed.order_by("mailing_list__name")],
        "form": form if form and form.is_open else None,
        "welcome": text_in(form, language_for(request, contact)).welcome if form else "",
        "preferences_url": reverse("preferences", args=[sign_visit(contact_id=contact.pk)]),
    }
    return show(request, "confirmed", context, contact=contact)


def _asked_lists(link: ConfirmationLink, contact: Contact) -> list[int]:
    asked = said_by(contact.pk).filter(pk__in=link.request_ids, mailing_list__isnull=False)
    return [list_id for list_id in asked.values_list("mailing_list_id", flat=True) if list_id]


def _expired(request: HttpRequest, link: ConfirmationLink, contact: Contact) -> HttpResponse:
    is_open = SignUpForm.objects.filter(pk=link.form_id, is_open=True).exists()
    context = {"address": mask_address(contact.email), "is_open": is_open}
    return show(request, "confirm_expired", context, contact=contact, status=410)


def _renew(request: HttpRequest, link: ConfirmationLink, contact: Contact) -> HttpResponse:
    form = SignUpForm.objects.filter(pk=link.form_id, is_open=True).first()
    if form is None:
        return _expired(request, link, contact)
    try:
        sign_up_again(
            form_id=form.pk,
            contact_id=contact.pk,
            request_ids=link.request_ids,
            origin=origin_of(request, page="/c/"),
        )
    except NotSetUp:
        return show(request, "sign_up_closed", {"form": form, "not_set_up": True}, contact=contact, status=503)
    send_soon()
    return HttpResponseRedirect(reverse("sign-up-done", args=[form.slug]), status=303)
