"""How long each kind of data is kept: the rules, what they would delete tonight, and changing them."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from subscribers.errors import RetentionRefused
from subscribers.queries.rights.retention import kept_now
from subscribers.services.retention import apply_retention, choose_retention
from subscribers.views.audience.retention_words import KINDS, how_long


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("subscribers.privacy", raise_exception=True)
def retention(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _choose(request)
    # Counts whole tables, so only who asks for it waits.
    asks = "count" in request.GET
    counts = {each.kind: each for each in apply_retention(dry_run=True)} if asks else {}
    lines: list[dict[str, Any]] = [
        {
            "kept": kept,
            "words": KINDS[kept.rule.kind],
            "how_long": how_long(kept.days),
            "shipped": how_long(kept.rule.days),
            "due": counts.get(kept.rule.kind),
        }
        for kept in kept_now()
    ]
    return render(
        request,
        "subscribers/audience/retention.html",
        {
            "chosen": [line for line in lines if not line["kept"].rule.is_fixed],
            "fixed": [line for line in lines if line["kept"].rule.is_fixed],
            "asks": asks,
        },
    )


def _choose(request: HttpRequest) -> HttpResponse:
    given = request.POST.get("days", "").strip()
    kind = request.POST.get("kind", "")
    if given and not (given.isdecimal() and len(given) < 6):
        messages.error(request, _("Days are a whole number. Nothing was changed."))
        return redirect("settings-retention")
    try:
        choose_retention(actor=cast(Any, request.user), kind=kind, days=int(given) if given else None)
    except RetentionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved. It holds from the next night on."))
    return redirect("settings-retention")
