"""Suppressions out to a file and in from one."""

from typing import Any, cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.services.audit import record
from deliverability.queries.suppression_export import export_lines
from deliverability.views.suppressions import asked_by


@require_POST
@permission_required("subscribers.export", raise_exception=True)
def export_suppressions(request: HttpRequest) -> HttpResponseBase:
    asked = asked_by(QueryDict(request.POST.get("query", "")))
    record(actor=cast(Any, request.user), text="Exported suppressions.")
    answer = StreamingHttpResponse(export_lines(asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="suppressions-{timezone.now():%Y-%m-%d}.csv"'
    return answer
