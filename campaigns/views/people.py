"""The people behind every number of a campaign, and why one of them did or did not get it."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.queries.excluded import excluded_page
from campaigns.queries.explain import Outcome, explain
from campaigns.queries.one import campaign_of
from campaigns.views.setup import viewer_zone
from campaigns.views.words import EVENTS, REASONS
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.people import Reached, people_of, people_waiting, recipients_of
from deliverability.types import EventKind
from subscribers.queries.consent.choices import ContactName, contact_names
from subscribers.types import ExclusionReason

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Which:
    """One kind of people: `when` heads the column of times, `said` that of the server's words, "" for none."""

    title: str | Promise
    when: str | Promise
    said: str | Promise = ""
    kinds: tuple[EventKind, ...] = ()
    without: EventKind | None = None
    by_humans: bool = False


KINDS = {
    "accepted": Which(gettext_lazy("Accepted by their server"), gettext_lazy("Accepted"), "", (EventKind.ACCEPTED,)),
    "delivered": Which(
        gettext_lazy("Accepted and not sent back"),
        gettext_lazy("Accepted"),
        "",
        (EventKind.ACCEPTED,),
        without=EventKind.BOUNCED,
    ),
    "deferred": Which(
        gettext_lazy("Put off at least once"),
        gettext_lazy("Last put off"),
        gettext_lazy("Reply"),
        (EventKind.DEFERRED,),
    ),
    "failed": Which(
        gettext_lazy("Refused for good"), gettext_lazy("Refused"), gettext_lazy("Reply"), (EventKind.FAILED,)
    ),
    "bounced": Which(
        gettext_lazy("Refused, or sent back later"),
        gettext_lazy("Bounced"),
        gettext_lazy("Reply"),
        (EventKind.FAILED, EventKind.BOUNCED),
    ),
    "skipped": Which(
        gettext_lazy("Held back while sending"), gettext_lazy("Held back"), gettext_lazy("Why"), (EventKind.SKIPPED,)
    ),
    "opened": Which(gettext_lazy("Opened it"), gettext_lazy("Last opened"), "", (EventKind.OPENED,), by_humans=True),
    "clicked": Which(gettext_lazy("Clicked"), gettext_lazy("Last click"), "", (EventKind.CLICKED,), by_humans=True),
    "unsubscribed": Which(gettext_lazy("Unsubscribed"), gettext_lazy("Unsubscribed"), "", (EventKind.UNSUBSCRIBED,)),
    "complained": Which(gettext_lazy("Reported it as spam"), gettext_lazy("Reported"), "", (EventKind.COMPLAINED,)),
    "waiting": Which(gettext_lazy("Still to be sent"), gettext_lazy("Turn")),
    "retrying": Which(gettext_lazy("Put off, tried again"), gettext_lazy("Next try")),
    "excluded": Which(gettext_lazy("Left out"), "", gettext_lazy("Why")),
    "recipients": Which(gettext_lazy("Everybody it goes to"), ""),
}


class Line(NamedTuple):
    """`contact` is None for somebody who was erased."""

    contact: ContactName | None
    reached: Reached | None
    provider: str | Promise
    reply: str | Promise


@require_safe
@permission_required("campaigns.view", raise_exception=True)
@permission_required("subscribers.view", raise_exception=True)
def people(request: HttpRequest, campaign_id: int, which: str) -> HttpResponse:
    campaign = campaign_of(campaign_id)
    if which not in KINDS:
        raise Http404
    asked = {key: request.GET[key] for key in ("reason", "link", "provider") if request.GET.get(key)}
    after = int(text) if (text := request.GET.get("after", "")).isdecimal() else 0
    lines, last = _page(campaign, which, asked, after)
    return render(
        request,
        "campaigns/people.html",
        {
            "campaign": campaign,
            "which": KINDS[which],
            "narrower": _narrower(campaign, asked),
            "lines": lines,
            "newer": f"?{urlencode(asked)}" if after else "",
            "older": f"?{urlencode({**asked, 'after': last})}" if last else "",
        },
    )


@require_safe
@permission_required("campaigns.view", raise_exception=True)
@permission_required("subscribers.view", raise_exception=True)
def why(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The answer for one address, with the server's own words."""
    address = request.GET.get("address", "").strip()[:320]
    zone = viewer_zone(request)
    found = explain(campaign_id=campaign_id, address=address, time_zone=zone) if address else None
    is_fragment = request.htmx  # type: ignore[attr-defined]
    context = {
        "campaign": campaign_of(campaign_id),
        "address": address,
        "found": found,
        "events": [(event, EVENTS[event.kind]) for event in found.events] if found else [],
        "got_it": found is not None and found.outcome == Outcome.ACCEPTED,
    }
    return render(request, "campaigns/parts/why.html" if is_fragment else "campaigns/why.html", context)


def _page(campaign: Campaign, which: str, asked: dict[str, str], after: int) -> tuple[list[Line], int]:
    """The lines, and the last of them where there are more."""
    if which == "excluded":
        return _excluded(campaign, asked, after)
    if which == "recipients":
        return _recipients(campaign, after)
    return _reached(campaign, which, asked, after)


def _recipients(campaign: Campaign, after: int) -> tuple[list[Line], int]:
    found = recipients_of(campaign.mailing_id, after=after, most=ON_A_PAGE + 1) if campaign.mailing_id else []
    names = contact_names(found)
    lines = [Line(names.get(contact_id), None, "", "") for contact_id in found[:ON_A_PAGE]]
    return lines, found[ON_A_PAGE - 1] if len(found) > ON_A_PAGE else 0


def _reached(campaign: Campaign, which: str, asked: dict[str, str], after: int) -> tuple[list[Line], int]:
    if campaign.mailing_id is None:
        return [], 0
    found = _found(campaign.mailing_id, which, asked, after)
    is_skip = EventKind.SKIPPED in KINDS[which].kinds
    names = contact_names([each.recipient_id for each in found])
    lines = [
        Line(
            names.get(each.recipient_id),
            each,
            provider_name(each.mailbox_provider),
            REASONS.get(each.reply, each.reply) if is_skip else each.reply,
        )
        for each in found[:ON_A_PAGE]
    ]
    return lines, found[ON_A_PAGE - 1].recipient_id if len(found) > ON_A_PAGE else 0


def _found(mailing_id: int, which: str, asked: dict[str, str], after: int) -> list[Reached]:
    """One more than fit on a page, where there are more."""
    most, kind, link = ON_A_PAGE + 1, KINDS[which], asked.get("link", "")
    if not kind.kinds:
        return people_waiting(mailing_id, retrying=which == "retrying", after=after, most=most)
    pages = [
        people_of(
            mailing_id,
            each,
            after=after,
            most=most,
            by_humans=kind.by_humans,
            link=int(link) if link.isdecimal() else None,
            mailbox_provider=asked.get("provider", ""),
            without=kind.without,
        )
        for each in kind.kinds
    ]
    merged = {each.recipient_id: each for page in pages for each in page}
    return [merged[key] for key in sorted(merged)][:most]


def _excluded(campaign: Campaign, asked: dict[str, str], after: int) -> tuple[list[Line], int]:
    """For one reason, or for any: nobody is left out for two."""
    try:
        reasons = [ExclusionReason(asked["reason"])] if "reason" in asked else list(ExclusionReason)
    except ValueError:
        raise Http404 from None
    why = {
        contact_id: reason
        for reason in reasons
        for contact_id in excluded_page(campaign, reason, after=after, most=ON_A_PAGE + 1)
    }
    found = sorted(why)
    names = contact_names(found[:ON_A_PAGE])
    lines = [Line(names.get(contact_id), None, "", REASONS[why[contact_id]]) for contact_id in found[:ON_A_PAGE]]
    return lines, found[ON_A_PAGE - 1] if len(found) > ON_A_PAGE else 0


def _narrower(campaign: Campaign, asked: dict[str, str]) -> str | Promise:
    """What of all these people is shown, in words."""
    if "reason" in asked:
        return REASONS.get(asked["reason"], asked["reason"])
    if "provider" in asked:
        return provider_name(asked["provider"])
    if "link" in asked and campaign.mailing and asked["link"].isdecimal():
        number, links = int(asked["link"]), campaign.mailing.links
        return links[number] if number < len(links) else _("A link that the mail does not have")
    return ""
