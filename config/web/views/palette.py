"""The lines of the command palette, as a fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.web.palette import offer

LONGEST = 100


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    entries = offer(request.user, request.GET.get("q", "")[:LONGEST])
    return render(request, "web/palette.html", {"entries": entries})
