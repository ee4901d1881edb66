"""The hosted sign-up form: asks, and answers everybody alike, so that nobody learns who is on a list."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import NotSetUp
from subscribers.models import SignUpForm
from subscribers.queries.lists.sign_up_forms import asked_fields, text_in
from subscribers.queries.tokens import CHECK_WITHIN, WITHIN, FormTicket, read_check, read_ticket
from subscribers.rules.suspicion import is_suspicious, is_worked_out
from subscribers.services.limits import count_sign_up, is_crowded, use_once
from subscribers.services.sign_up import sign_up as sign_up_service
from subscribers.services.wordings import TRACKING, publish_page_wordings
from subscribers.views import sign_up_warnings as warnings
from subscribers.views.dispatching import send_soon
from subscribers.views.forms import SignUpFields
from subscribers.views.origins import client_ip, origin_of
from subscribers.views.pages import language_for, masthead, show
from subscribers.views.sign_up_pages import Asking, ask, challenge, embedded_site


# No cookie takes part: a form on another site may post here, and all it can start is a question to the mailbox. That
# the person saw our words before is what the ticket says, which we sign and no other site can make (ADR 10).
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    form = SignUpForm.objects.select_related("wording").filter(slug=slug).first()
    if form is None or not form.is_open or not form.lists.exists():
        return show(request, "sign_up_closed", status=404, is_private=False)
    page = Asking(form, text_in(form, language_for(request, None)), list(form.lists.order_by("name", "id")))
    if request.method != "POST":
        return ask(request, page)
    page.fields = SignUpFields(request.POST, lists=page.lists, asked=asked_fields(form))
    page.ticket = read_ticket(request.POST.get("ticket", ""))
    if not page.fields.is_valid():
        return ask(request, page, status=422)
    if page.fields.cleaned_data["website"]:
        return _done(form)
    if warning := _doubt(page):
        return ask(request, page, warning=warning, status=200 if embedded_site(request) else 422)
    if meant := page.fields.suggestion():
        typed = page.fields.cleaned_data["email"]
        return ask(request, page, warning=warnings.slip(typed, meant), asked_about=typed, status=422)
    return _admit(request, page) or _accept(request, page)


@login_not_required
@require_http_methods(["GET", "HEAD"])
def sign_up_done(request: HttpRequest, slug: str) -> HttpResponse:
    """The same words for an address that is new, known, suppressed or a robot's."""
    form = SignUpForm.objects.select_related("wording").filter(slug=slug).first()
    if form is None:
        return show(request, "sign_up_closed", status=404, is_private=False)
    context = {"form": form, "text": text_in(form, language_for(request, None))}
    return show(request, "sign_up_done", context, is_private=False, brand_color=form.brand_color)


def _doubt(page: Asking) -> str:
    """What to ask a person whose form came back faster than people type, or with words that are out of date."""
    ticket = page.ticket
    if (
        ticket is None
        or ticket.form_id != page.form.pk
        or ticket.is_too_old
        or ticket.wording_id != page.text.wording.pk
    ):
        return warnings.stale() if ticket else warnings.once_more()
    return warnings.quick() if ticket.is_too_fast else ""


def _admit(request: HttpRequest, page: Asking) -> HttpResponse | None:
    """None for whoever may go on. A suspicious sign-up costs a little work or a little patience, never the way in."""
    fields = page.checked()
    email, token = fields.cleaned_data["email"], request.POST.get("check", "")
    if check := read_check(token, form_id=page.form.pk, email=email):
        has_worked = is_worked_out(token, request.POST.get("proof", ""))
        if not has_worked and not check.was_patient:
            return challenge(request, page, token=token)
        if use_once(token, seconds=int(CHECK_WITHIN.total_seconds())):
            return None
        return challenge(request, page)
    traffic = count_sign_up(ip=client_ip(request), email=email, form_id=page.form.pk)
    if is_crowded(traffic):
        return ask(request, page, warning=warnings.crowded(), status=429)
    is_used = not use_once(request.POST["ticket"], seconds=int(WITHIN.total_seconds()))
    return challenge(request, page) if is_suspicious(traffic, is_ticket_used=is_used) else None


def _accept(request: HttpRequest, page: Asking) -> HttpResponse:
    fields, ticket, form = page.checked(), page.ticket, page.form
    if ticket is None:
        raise ValueError("a form without a ticket is asked again")
    wordings = publish_page_wordings(organisation=masthead().name, locale=ticket.locale)
    allowed = [purpose for purpose in TRACKING if fields.cleaned_data[purpose.value]]
    try:
        sign_up_service(
            form_id=form.pk,
            email=fields.cleaned_data["email"],
            mailing_list_ids=fields.chosen_lists(),
            wording_id=ticket.wording_id,
            origin=origin_of(request, page=_place(form, ticket)),
            first_name=fields.cleaned_data["first_name"],
            locale=ticket.locale,
            tracking={purpose: wordings[purpose] for purpose in allowed},
            values=fields.custom_values(),
        )
    except NotSetUp:
        return show(request, "sign_up_closed", {"form": form, "not_set_up": True}, status=503, is_private=False)
    send_soon()
    return _done(form)


def _place(form: SignUpForm, ticket: FormTicket) -> str:
    embedded = f" embedded on {ticket.site}" if ticket.site else ""
    return f"{reverse('sign-up', args=[form.slug])}{embedded}"


def _done(form: SignUpForm) -> HttpResponse:
    return HttpResponseRedirect(reverse("sign-up-done", args=[form.slug]), status=303)
