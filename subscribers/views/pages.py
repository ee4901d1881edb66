"""Renders the public pages: brand, language and the headers that keep them private."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from accounts.rules.brand import Brand, brand_of
from subscribers.models import Contact

_POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

# For the one page that asks the browser to work; everything else goes without.
_SCRIPT = "; script-src 'self'"


@dataclass(frozen=True, slots=True)
class Masthead:
    """Who speaks on the page; the name is empty before set-up."""

    name: str
    website: str
    postal_address: str
    brand: Brand
    logo_name: str = ""


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    contact: Contact | None = None,
    status: int = 200,
    is_private: bool = True,
    brand_color: str = "",
    has_script: bool = False,
) -> HttpResponse:
    """A page in the person's language; nobody may cache, frame or, if private, index it or learn its address."""
    language, nonce = language_for(request, contact), secrets.token_urlsafe(16)
    values = {
        "masthead": masthead(brand_color),
        "nonce": nonce,
        "language": language,
        "languages": settings.LANGUAGES,
        **(context or {}),
    }
    with translation.override(language):
        response = HttpResponse(render_to_string(f"subscribers/{template}.html", values, request), status=status)
    response.headers["Content-Language"] = language
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce) + (_SCRIPT if has_script else "")
    response.headers["Cache-Control"] = "no-store"
    # A form with a CSRF token needs the Origin header, which browsers blank under no-referrer.
    response.headers["Referrer-Policy"] = "no-referrer" if is_private else "same-origin"
    if is_private:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def language_for(request: HttpRequest, contact: Contact | None) -> str:
    """What the page is asked to be shown in, else the contact's own language where we speak it, else the browser's."""
    chosen = spoken(request.GET.get("lang", "")) or spoken(contact.locale if contact else "")
    return chosen or str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


def masthead(brand_color: str = "") -> Masthead:
    """`brand_color` stands in for the organisation's where a page has one of its own."""
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        return Masthead("", "", "", brand_of(brand_color))
    return Masthead(
        organisation.name,
        organisation.website,
        organisation.postal_address,
        brand_of(brand_color or organisation.brand_color),
        organisation.logo_name,
    )


def spoken(locale: str) -> str:
    """The language of our catalogues that comes closest; empty where none does."""
    if not locale:
        return ""
    try:
        return translation.get_supported_language_variant(locale.lower().replace("_", "-"))
    except (LookupError, ValueError):
        return ""
