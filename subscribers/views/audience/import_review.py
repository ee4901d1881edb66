"""Rows that an import held: looked at by reason, and decided on one by one or all at once."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from subscribers import conf
from subscribers.models import ImportRun
from subscribers.queries.consent.policies import permission_policy
from subscribers.queries.imports.held_rows import held_page, open_by_reason
from subscribers.rules.imports.holding import Decision, HoldReason, decisions_for
from subscribers.services.imports import Reviewed, decide_held
from subscribers.views.audience.import_words import DECISIONS, HELD

may_import = permission_required("subscribers.import", raise_exception=True)


@require_safe
@may_import
def review(request: HttpRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.select_related("mailing_list"), pk=run_id)
    waiting = open_by_reason(run_id)
    reasons = [reason for reason, _count in waiting]
    asked = request.GET.get("reason", "")
    chosen = next((reason for reason in reasons if reason == asked), reasons[0] if reasons else HoldReason.TYPO)
    after = request.GET.get("after", "")
    page = held_page(run_id, chosen, after=int(after) if after.isdecimal() and len(after) < 19 else 0)
    context = {
        "run": run,
        "chosen": chosen,
        "tabs": [(reason, HELD[reason], count) for reason, count in waiting],
        "count": dict(waiting).get(chosen, 0),
        "rows": page.rows,
        "older": f"?reason={chosen}&after={page.older}" if page.older else "",
        "decisions": [(each, DECISIONS[each]) for each in decisions_for(chosen, permission_policy())],
        "days": conf.held_days(),
    }
    return render(request, "subscribers/audience/import_review.html", context)


@require_POST
@may_import
def decide(request: HttpRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=run_id)
    reason = HoldReason(request.POST.get("reason", "")) if request.POST.get("reason") in set(HoldReason) else None
    decision = request.POST.get("decision", "")
    ids = [int(each) for each in request.POST.getlist("row") if each.isdecimal() and len(each) < 19]
    takes_all = "all" in request.POST
    if reason is None or decision not in set(Decision) or not (ids or takes_all):
        messages.info(request, _("No row was chosen, so nothing was decided."))
    else:
        done = decide_held(
            actor=cast(Any, request.user),
            run_id=run.pk,
            decision=Decision(decision),
            reason=reason,
            row_ids=None if takes_all else ids,
        )
        _tell(request, Decision(decision), done)
    if open_by_reason(run_id):
        return redirect(f"{reverse('import-review', args=[run_id])}?reason={request.POST.get('reason', '')}")
    return redirect("import", run_id)


def _tell(request: HttpRequest, decision: Decision, done: Reviewed) -> None:
    count = {"count": f"{done.decided:,}"}
    if decision is Decision.REJECT:
        text = ngettext("%(count)s row was rejected.", "%(count)s rows were rejected.", done.decided) % count
    else:
        text = ngettext("%(count)s row was imported", "%(count)s rows were imported", done.decided) % count
        text += _(", and %(people)s newly subscribed.") % {"people": f"{done.subscribed:,}"}
    if done.kept_out:
        row, _column, _value, why = done.kept_out[0]
        text += " " + _("%(people)s get no mail by it; row %(row)s, for one: %(why)s") % {
            "people": f"{len(done.kept_out):,}",
            "row": row,
            "why": why,
        }
    if done.left:
        text += " " + _("%(left)s more are still to be decided: ten thousand go at once.") % {"left": f"{done.left:,}"}
    messages.success(request, text)
