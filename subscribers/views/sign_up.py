"""The hosted sign-up form: asks, and answers everybody alike, so that nobody learns who is on a list."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from subscribers.errors import NotSetUp
from subscribers.models import MailingList, SignUpForm
from subscribers.queries.tokens import FormTicket, read_ticket, sign_ticket
from subscribers.services.limits import admit_sign_up
from subscribers.services.sign_up import sign_up as sign_up_service
from subscribers.services.wordings import TRACKING, publish_page_wordings, wording_text
from subscribers.types import Purpose
from subscribers.views.dispatching import send_soon
from subscribers.views.forms import SignUpFields
from subscribers.views.origins import client_ip, origin_of
from subscribers.views.pages import language_for, masthead, show


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    form = SignUpForm.objects.select_related("wording").filter(slug=slug).first()
    if form is None or not form.is_open or not form.lists.exists():
        return show(request, "sign_up_closed", status=404, is_private=False)
    lists = form.lists.order_by("name", "id")
    if request.method != "POST":
        return _ask(request, form, lists)
    fields, ticket = SignUpFields(request.POST, lists=list(lists)), read_ticket(request.POST.get("ticket", ""))
    if not fields.is_valid():
        return _ask(request, form, lists, fields, ticket, status=422)
    if fields.cleaned_data["website"]:
        return _done(form)
    if warning := _doubt(form, ticket):
        return _ask(request, form, lists, fields, ticket, warning=warning, status=422)
    if meant := fields.suggestion():
        typed = fields.cleaned_data["email"]
        return _ask(request, form, lists, fields, ticket, warning=_slip(typed, meant), asked_about=typed, status=422)
    if not admit_sign_up(ip=client_ip(request)):
        return _ask(request, form, lists, fields, ticket, warning=_crowded(), status=429)
    return _accept(request, form, fields, ticket)


@login_not_required
@require_http_methods(["GET", "HEAD"])
def sign_up_done(request: HttpRequest, slug: str) -> HttpResponse:
    """The same words for an address that is new, known, suppressed or a robot's."""
    form = SignUpForm.objects.filter(slug=slug).first()
    if form is None:
        return show(request, "sign_up_closed", status=404, is_private=False)
    return show(request, "sign_up_done", {"form": form}, is_private=False)


def _doubt(form: SignUpForm, ticket: FormTicket | None) -> str:
    """What to ask a person whose form came back faster than people type, or with words that are out of date."""
    if ticket is None or ticket.form_id != form.pk or ticket.is_too_old or ticket.wording_id != form.wording_id:
        return _("This page was open for a while. Please read it once more and press the button again.")
    if ticket.is_too_fast:
        return _("That was quick! Please check what you entered and press the button again.")
    return ""


def _slip(typed: str, meant: str) -> str:
    return _("Did you mean %(meant)s? You entered %(typed)s. Correct it, or press the button again if it is right.") % {
        "meant": meant,
        "typed": typed,
    }


def _crowded() -> str:
    return _(
        "Many people have signed up from your network in the last hour, so we wait a little to keep robots out. "
        "Nothing was sent. Please try again later."
    )


def _accept(request: HttpRequest, form: SignUpForm, fields: SignUpFields, ticket: FormTicket | None) -> HttpResponse:
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
            origin=origin_of(request, page=reverse("sign-up", args=[form.slug])),
            first_name=fields.cleaned_data["first_name"],
            locale=ticket.locale,
            tracking={purpose: wordings[purpose] for purpose in allowed},
        )
    except NotSetUp:
        return show(request, "sign_up_closed", {"form": form, "not_set_up": True}, status=503, is_private=False)
    send_soon()
    return _done(form)


def _done(form: SignUpForm) -> HttpResponse:
    return HttpResponseRedirect(reverse("sign-up-done", args=[form.slug]), status=303)


def _ask(
    request: HttpRequest,
    form: SignUpForm,
    lists: QuerySet[MailingList],
    fields: SignUpFields | None = None,
    ticket: FormTicket | None = None,
    *,
    warning: str = "",
    asked_about: str = "",
    status: int = 200,
) -> HttpResponse:
    language = language_for(request, None)
    # The clock of a form that was sent too fast keeps running, or a quick person would never get through.
    keeps = ticket is not None and ticket.form_id == form.pk and not ticket.is_too_old and ticket.locale == language
    keeps = keeps and ticket is not None and ticket.wording_id == form.wording_id
    context: dict[str, Any] = {
        "form": form,
        "lists": lists,
        "fields": fields,
        "chosen": fields.data.getlist("lists") if fields else [],  # type: ignore[attr-defined]
        "warning": warning,
        "asked_about": asked_about or request.POST.get("asked_about", ""),
        "ticket": request.POST["ticket"]
        if keeps
        else sign_ticket(form_id=form.pk, wording_id=form.wording_id, locale=language),
        **_tracking_texts(language),
    }
    return show(request, "sign_up", context, status=status, is_private=False)


def _tracking_texts(language: str) -> dict[str, str]:
    organisation = masthead().name
    return {
        f"{purpose.value}_text": wording_text(purpose=purpose, organisation=organisation, locale=language)
        for purpose in (Purpose.OPEN_TRACKING, Purpose.CLICK_TRACKING)
    }
