"""The living style page: every component in every state, on data that nobody owns."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

MOMENT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOURS = [f"{9 + half // 2:02}:{30 * (half % 2):02}" for half in range(7)]
OPENS = [0, 1900, 2800, 1500, 1180, 640, 130]
CLICKS = [0, 320, 480, 230, 190, 90, 20]


class ExampleForm(forms.Form):
    """One of each control."""

    name = forms.CharField(label="Name", help_text="Only your team sees it.")
    address = forms.EmailField(label="E-mail address")
    country = forms.ChoiceField(label="Country", choices=[("de", "Germany"), ("fr", "France")], required=False)
    story = forms.CharField(label="Story", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    colour = forms.CharField(label="Brand colour", widget=forms.TextInput(attrs={"type": "color"}), initial="#84316b")
    agreed = forms.BooleanField(label="Send me one", help_text="To your own address.", required=False)
    when = forms.ChoiceField(label="When", choices=[("now", "Now"), ("later", "Later")], widget=forms.RadioSelect)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("config.build", raise_exception=True)
def style_page(request: HttpRequest) -> HttpResponse:
    """Its button posts back, to show how a message reaches a page and a fragment."""
    if request.method == "POST":
        messages.success(request, "Saved. This message came with the answer.")
        return HttpResponse() if request.headers.get("HX-Request") else redirect("style-page")
    return render(request, "web/style.html", _examples())


@require_safe
@permission_required("config.build", raise_exception=True)
def style_drawer(request: HttpRequest) -> HttpResponse:
    return render(request, "web/style_drawer.html", {"form": ExampleForm(auto_id="drawer_%s")})


def _examples() -> dict[str, Any]:
    faulty = ExampleForm({"name": "", "address": "mira at huila", "when": "now"})
    faulty.full_clean()
    here = reverse("style-page")
    return {
        "form": ExampleForm(auto_id="plain_%s"),
        "faulty": faulty,
        "parts": [
            ("Delivered", 61357, "delivered"),
            ("Deferred, retrying", 1248, "deferred"),
            ("Bounced", 257, "failed"),
            ("Waiting", 21448, "waiting"),
        ],
        "rows": [("List", "The monthly roast"), ("Matched", "85,102"), ("Recipients", "84,310")],
        "entries": [
            ("send", "Sending started", MOMENT, "Mira Lang", ""),
            ("circle-check", "Checklist passed, 1 note", MOMENT, "Mira Lang", here),
            ("mail", "Test sent to you", MOMENT, "", ""),
        ],
        "tabs": [("All", here, True, 42), ("Drafts", here, False, 3), ("Sent", here, False, None)],
        "labels": HOURS,
        "series": [("Opens", OPENS), ("Clicks", CLICKS)],
        "moment": MOMENT,
        "trend": OPENS,
        "kinds": ["", "ok", "warn", "bad", "info"],
    }
