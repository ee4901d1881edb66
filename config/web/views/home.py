"""The first page after signing in: what goes on, what needs somebody, what comes, how the last ones did."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.queries.home import overdue, under_way, upcoming
from campaigns.queries.recent import recent
from config.web.first_steps import first_steps
from deliverability.queries.alerts import unattended_alerts
from deliverability.queries.holds import held_streams
from subscribers.queries.imports.failures import failed_imports


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    sees_campaigns = request.user.has_perm("campaigns.view")
    past, usual = recent() if sees_campaigns else ([], None)
    context = {
        "now": timezone.now(),
        "steps": first_steps(request.user),
        "sending": under_way() if sees_campaigns else [],
        "held": held_streams() if request.user.has_perm("deliverability.view") else [],
        "alerts": unattended_alerts() if request.user.has_perm("deliverability.view") else [],
        "overdue": overdue() if sees_campaigns else [],
        "failed_imports": failed_imports() if request.user.has_perm("subscribers.view") else [],
        "upcoming": upcoming() if sees_campaigns else [],
        "past": past,
        "usual": usual,
    }
    return render(request, "web/home.html", context)


@require_safe
@permission_required("campaigns.view", raise_exception=True)
def sending_now(request: HttpRequest) -> HttpResponse:
    """The part that moves, asked for every few seconds while anything is being sent."""
    return render(request, "web/home_sending.html", {"sending": under_way()})
