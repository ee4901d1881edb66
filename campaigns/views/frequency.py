"""How often people may get mail, on the page of one campaign: its priority, and its exemption from the caps."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from campaigns.errors import ExemptionRefused
from campaigns.models import Campaign
from campaigns.services.exemption import set_exemption
from campaigns.types import Priority
from subscribers.queries.audience.frequency import caps_of
from subscribers.types import Cap

PRIORITIES: tuple[tuple[int, str | Promise], ...] = (
    (Priority.HIGH, gettext_lazy("High: keeps its room while it is planned")),
    (Priority.NORMAL, gettext_lazy("Normal")),
    (Priority.LOW, gettext_lazy("Low: makes room for others")),
)


def frequency_context(campaign: Campaign) -> dict[str, Any]:
    """Without caps there is nothing to choose."""
    return {"caps": [_said(cap) for cap in caps_of(campaign.stream_id)], "priorities": PRIORITIES}


def _said(cap: Cap) -> str:
    one, several = "at most one marketing mail in %(days)s days", "at most %(most)s marketing mails in %(days)s days"
    return ngettext(one, several, cap.most) % {"most": cap.most, "days": cap.days}


@require_POST
@permission_required("campaigns.exempt", raise_exception=True)
def exempt_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """An empty reason puts it back under the caps."""
    try:
        found = set_exemption(campaign_id=campaign_id, actor=request.user, because=request.POST.get("because", ""))
    except ExemptionRefused as refused:
        messages.error(request, str(refused))
    else:
        done = _("Exempt from the caps; the activity says why.") if found.exempt_because else _("Under the caps again.")
        messages.success(request, done)
    return redirect("campaign", campaign_id)
