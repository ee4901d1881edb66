"""A campaign's mail as a page of its own, for a frame or a tab: it may style itself, but run and post nothing."""

import re

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.queries.one import campaign_of
from campaigns.services.mail import draft_mail, frozen_mail
from deliverability.queries.engaged import LinkClicks, link_clicks
from templates_app.errors import TemplateErrors

_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "https:", "http:", "data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
}
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
# A badge stands above the far corner of its link, beside the words, and takes no room, so that the mail looks as it did
# when it was sent. A picture's link is given the picture's shape, since an inline box is no taller than a line.
_STYLE = (
    '<base target="_blank"><style>html{overflow-x:clip}a:has(>.sendwell-badge){position:relative}'
    "a:has(>.sendwell-badge):has(>img){display:block}"
    ".sendwell-badge{position:absolute;z-index:9;right:-8px;bottom:calc(100% - 4px);"
    "padding:0 5px;border:1px solid #fff;border-radius:99px;background:#84316b;color:#fff!important;"
    "font:600 11px/13px system-ui,sans-serif;letter-spacing:0;text-decoration:none;white-space:nowrap}"
    ".sendwell-badge.none{background:#574f48}</style>"
)


@xframe_options_sameorigin
@csp(_POLICY)  # type: ignore[arg-type]  # it types only views without arguments
@require_safe
@permission_required("campaigns.view", raise_exception=True)
def mail_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A draft as it stands, anything later as it was frozen; `?clicks` puts onto each link how many followed it."""
    campaign = campaign_of(campaign_id)
    if campaign.version_id is None:
        return _draft(request, campaign)
    clicks = link_clicks(campaign.mailing_id) if "clicks" in request.GET and campaign.mailing_id else None
    html = frozen_mail(campaign, None if clicks is None else lambda number: _badge(number, clicks))
    return HttpResponse(_with_style(html))


def _draft(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    try:
        found = draft_mail(campaign)
    except TemplateErrors as errors:
        words = str(errors.problems[0])
        return render(request, "templates_app/words_page.html", {"title": _("Not finished yet"), "words": words})
    if found is None:
        words = _("Choose a template, and its mail appears here.")
        return render(request, "templates_app/words_page.html", {"title": _("No content yet"), "words": words})
    return HttpResponse(_with_style(found.html))


def _with_style(html: str) -> str:
    return _HEAD.sub(lambda found: found[0] + _STYLE, html, count=1)


def _badge(number: int, clicks: dict[int, LinkClicks]) -> str:
    people = clicks[number].people if number in clicks else 0
    return format_html('<span class="sendwell-badge{}">{}</span>', "" if people else " none", f"{people:,}")
