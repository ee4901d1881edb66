"""The list of campaigns, and what can be done to one without opening it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.queries.listing import Row, Tab, campaign_page, tab_counts
from campaigns.queries.search import latest_campaigns
from campaigns.services.copy import copy
from campaigns.services.draft import begin, delete
from campaigns.types import CampaignState
from campaigns.views.words import STATES

LABELS = {
    Tab.ALL: gettext_lazy("All"),
    Tab.DRAFTS: gettext_lazy("Drafts"),
    Tab.SCHEDULED: gettext_lazy("Scheduled"),
    Tab.SENDING: gettext_lazy("Sending"),
    Tab.SENT: gettext_lazy("Sent"),
}


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def campaigns(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    tab = Tab(asked) if (asked := request.GET.get("tab", "")) in set(Tab) else Tab.ALL
    counts = tab_counts(words)
    page = campaign_page(tab, words=words, after=request.GET.get("after", ""), before=request.GET.get("before", ""))

    def address(to: Tab, **place: str) -> str:
        query = {"tab": to.value, "q": words, **place}
        return f"?{urlencode({key: value for key, value in query.items() if value})}"

    return render(
        request,
        "campaigns/campaigns.html",
        {
            "tab": tab,
            "tabs": [(LABELS[each], address(each), each == tab, counts[each]) for each in Tab],
            "words": words,
            "has_any": bool(counts[Tab.ALL]),
            "rows": [_line(row) for row in page.rows],
            "newer": address(tab, before=page.newer) if page.newer else "",
            "older": address(tab, after=page.older) if page.older else "",
            "about": _("%(count)s campaigns") % {"count": f"{counts[tab]:,}"} if page.newer or page.older else "",
        },
    )


def _line(row: Row) -> dict[str, object]:
    words, kind = STATES[row.state]
    return {
        "campaign": row,
        "state": words,
        "kind": kind,
        "is_draft": row.state in (CampaignState.DRAFT, CampaignState.REVIEWED),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("campaigns.edit", raise_exception=True)
def new_campaign(request: HttpRequest) -> HttpResponse:
    """One question, its name; everything else is written on the page of the draft, which saves itself."""
    if request.method != "POST":
        return render(request, "campaigns/new.html", {"latest": latest_campaigns()})
    draft = begin(
        name=request.POST.get("name", ""),
        actor=request.user,
        time_zone=str(getattr(request.user, "time_zone", "") or "UTC"),
    )
    return redirect("campaign", draft.pk)


@require_POST
@permission_required("campaigns.edit", raise_exception=True)
def duplicate(request: HttpRequest, campaign_id: int) -> HttpResponse:
    draft = copy(campaign_id=campaign_id, actor=request.user)
    messages.success(request, _("“%(name)s” is a draft of its own.") % {"name": draft.name})
    return redirect("campaign", draft.pk)


@require_POST
@permission_required("campaigns.edit", raise_exception=True)
def delete_draft(request: HttpRequest, campaign_id: int) -> HttpResponse:
    name = delete(campaign_id=campaign_id, actor=request.user)
    messages.success(request, _("The draft “%(name)s” was deleted.") % {"name": name})
    return redirect("campaigns")
