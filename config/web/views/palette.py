"""What the command palette offers for the words typed so far."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    return render(request, "web/palette.html", {"results": []})
