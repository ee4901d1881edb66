"""Mails as pages of their own, for frames: they may style themselves and load images, but run and post nothing."""

import re
import secrets
from collections.abc import Callable
from typing import cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth.decorators import permission_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import condition, require_safe

from templates_app.errors import TemplateErrors
from templates_app.models import Template
from templates_app.queries.starters import starter_sources
from templates_app.queries.templates import template as template_of
from templates_app.queries.templates import version as version_of
from templates_app.services.people import people
from templates_app.services.preview import preview, preview_version

_KEPT_SECONDS = 900
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_DARK_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_LIGHT_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
# Links open beside the editor, which they would otherwise replace the preview in.
_BASE = '<base target="_blank">'
# What Gmail on iOS and Outlook do to mails without a dark style of their own.
_INVERTED = (
    "<style>html{filter:invert(1) hue-rotate(180deg);background:#fff}"
    "img,video{filter:invert(1) hue-rotate(180deg)}</style>"
)
_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "https:", "http:", "data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
}
_View = Callable[..., HttpResponse]


def mail_page(view: _View) -> _View:
    """The policy of a page that is a mail."""
    # django-csp types only views without arguments.
    return cast(_View, xframe_options_sameorigin(csp(_POLICY)(view)))


def adapts_to_dark(html: str) -> bool:
    return bool(_DARK_QUERY.search(html))


def keep_page(user_id: int, html: str) -> str:
    """Keeps a preview for a quarter of an hour and returns the token of its page, which only this member can open."""
    token = secrets.token_urlsafe(12)
    cache.set(_key(user_id, token), html, _KEPT_SECONDS)
    return token


def decorated(html: str, *, dark: bool) -> str:
    """The mail with links that open elsewhere and, if asked, as a client in dark mode shows it."""
    if dark and adapts_to_dark(html):
        html = _LIGHT_QUERY.sub("(width < 0px)", _DARK_QUERY.sub("(width >= 0px)", html))
    elif dark:
        html = _HEAD.sub(lambda found: found[0] + _INVERTED, html, count=1)
    return _HEAD.sub(lambda found: found[0] + _BASE, html, count=1)


@mail_page
@require_safe
@permission_required("templates_app.view", raise_exception=True)
def shown_page(request: HttpRequest, token: str) -> HttpResponse:
    """A kept preview; `?dark` and `?images=off` show it as other clients do."""
    html = cache.get(_key(int(request.user.pk or 0), token))
    if html is None:
        words = _("This preview is too old to be kept. Change anything in the editor to make it anew.")
        return _words_page(request, words, status=404)
    response = HttpResponse(decorated(html, dark="dark" in request.GET))
    response["Cache-Control"] = "private, no-store"
    if request.GET.get("images") == "off":
        response._csp_replace = {"img-src": [NONE]}  # type: ignore[attr-defined]
    return response


@mail_page
@require_safe
@permission_required("templates_app.view", raise_exception=True)
def version_page(request: HttpRequest, version_id: int) -> HttpResponse:
    """A published version as a made-up person gets it."""
    version_of(version_id)
    mail = preview_version(version_id=version_id, contact_values=people().sample())
    return HttpResponse(decorated(mail.html, dark=False))


def _revision(request: HttpRequest, template_id: int) -> str:
    revision = Template.objects.filter(pk=template_id).values_list("revision", flat=True).first()
    return f'"{template_id}-{revision}"'


@mail_page
@require_safe
@permission_required("templates_app.view", raise_exception=True)
@condition(etag_func=_revision)
def thumbnail(request: HttpRequest, template_id: int) -> HttpResponse:
    """The template as it was last saved, to be scaled down."""
    template = template_of(template_id)
    return _thumbnail(request, template.source, template.subject)


@mail_page
@require_safe
@permission_required("templates_app.view", raise_exception=True)
def starter_page(request: HttpRequest, name: str) -> HttpResponse:
    sources = starter_sources()
    if name not in sources:
        return _words_page(request, _("There is no such starter."), status=404)
    return _thumbnail(request, sources[name], "")


def _thumbnail(request: HttpRequest, source: str, subject: str) -> HttpResponse:
    try:
        mail = preview(source=source, subject=subject, preheader="", contact_values=people().sample())
    except TemplateErrors as errors:
        return _words_page(request, str(errors.problems[0]), title=_("Not finished yet"))
    return HttpResponse(mail.html)


def _words_page(request: HttpRequest, words: str, *, title: str = "", status: int = 200) -> HttpResponse:
    return render(request, "templates_app/words_page.html", {"title": title, "words": words}, status=status)


def _key(user_id: int, token: str) -> str:
    return f"mail-preview:{user_id}:{token}"
