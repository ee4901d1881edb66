"""Renders the sign-up form as a new page, as one to look at again, and as one that asks for a little work."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from subscribers import conf
from subscribers.models import MailingList, SignUpForm
from subscribers.queries.lists.sign_up_forms import FormText, asked_fields
from subscribers.queries.tokens import FormTicket, sign_check, sign_ticket
from subscribers.rules.suspicion import WORK_BITS
from subscribers.services.wordings import TRACKING, wording_text
from subscribers.views.forms import SignUpFields
from subscribers.views.pages import language_for, masthead, show

_ORIGIN = re.compile(r"https?://[a-z0-9.:\[\]-]{1,200}", re.ASCII | re.IGNORECASE)
# What the page that asks for work sends along, so that nothing is typed twice.
_NOT_CARRIED = {"check", "proof", "csrfmiddlewaretoken"}


@dataclass(slots=True)
class Asking:
    """One form in one language, and what came back from it, if anything did."""

    form: SignUpForm
    text: FormText
    lists: Sequence[MailingList]
    fields: SignUpFields | None = None
    ticket: FormTicket | None = None

    def checked(self) -> SignUpFields:
        if self.fields is None:
            raise ValueError("a form is read before it is judged")
        return self.fields


def ask(
    request: HttpRequest, page: Asking, *, warning: str = "", asked_about: str = "", status: int = 200
) -> HttpResponse:
    """The page itself; with a warning or errors, everything that was typed still stands in it."""
    fields = page.fields
    context: dict[str, Any] = {
        "form": page.form,
        "text": page.text,
        "lists": page.lists,
        "fields": fields,
        "asked": [
            (field, fields[SignUpFields.name_of(field.key)] if fields else None) for field in asked_fields(page.form)
        ],
        "chosen": fields.data.getlist("lists") if fields else [],  # type: ignore[attr-defined]
        "warning": warning,
        "asked_about": asked_about or request.POST.get("asked_about", ""),
        "ticket": _ticket(request, page),
        **_tracking_texts(language_for(request, None)),
    }
    return show(request, "sign_up", context, status=status, is_private=False, brand_color=page.form.brand_color)


def challenge(request: HttpRequest, page: Asking, *, token: str = "") -> HttpResponse:
    """Asks for work, which a script of ours does, or for ten seconds of patience where there is none."""
    email = page.checked().cleaned_data["email"]
    carried = [(name, text) for name, texts in request.POST.lists() for text in texts if name not in _NOT_CARRIED]
    context = {
        "form": page.form,
        "carried": carried,
        "email": email,
        "check": token or sign_check(form_id=page.form.pk, email=email),
        "bits": WORK_BITS,
        "is_too_soon": bool(token),
    }
    return show(
        request,
        "sign_up_check",
        context,
        status=422 if token else 200,
        is_private=False,
        brand_color=page.form.brand_color,
        has_script=True,
    )


def embedded_site(request: HttpRequest) -> str:
    """The origin of the page that posted here, where it is not ours; browsers say it with every such post."""
    origin = request.headers.get("Origin", "").lower()
    if not _ORIGIN.fullmatch(origin) or origin == conf.base_url().lower() or origin.endswith(f"//{request.get_host()}"):
        return ""
    return origin


def _ticket(request: HttpRequest, page: Asking) -> str:
    """The clock of a form that was sent too fast keeps running, or a quick person would never get through."""
    ticket, text, language = page.ticket, page.text, language_for(request, None)
    if (
        ticket is not None
        and (ticket.form_id, ticket.wording_id, ticket.locale) == (page.form.pk, text.wording.pk, language)
        and not ticket.is_too_old
    ):
        return request.POST["ticket"]
    site = embedded_site(request)
    return sign_ticket(form_id=page.form.pk, wording_id=text.wording.pk, locale=language, site=site)


def _tracking_texts(language: str) -> dict[str, str]:
    organisation = masthead().name
    return {
        f"{purpose.value}_text": wording_text(purpose=purpose, organisation=organisation, locale=language)
        for purpose in TRACKING
    }
