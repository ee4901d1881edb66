"""As whom a mail is previewed: made-up people, one for each branch, or a contact from the app above.

Templates know no contacts. `templates_app.services.people` is the port through which the app above lends its own;
this module turns what the picker of the editor says into merge values, and is the only one that asks the port.
"""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from templates_app.rules.liquid.branches import branches, with_branch
from templates_app.services.people import people

_FOUND = 8
_LONG = {
    "first_name": "Maximiliana-Konstantina Theodora",
    "last_name": "von Hohenstein-Wolfenbüttel zu Sonderburg",
    "email": "maximiliana-konstantina.theodora.von.hohenstein@correspondence.example.com",
}


def contact_values(request: HttpRequest, person: str, source: str) -> dict[str, Any]:
    """`person` is sample, nameless, long, branch:<index> or contact:<id>. Raises Http404, PermissionDenied."""
    kind, _, number = person.partition(":")
    if kind == "contact" and number.isdecimal():
        if not request.user.has_perm("subscribers.view"):
            raise PermissionDenied
        values = people().values(int(number))
        if values is None:
            raise Http404
        return values
    sample = people().sample()
    if kind == "nameless":
        return {**sample, "first_name": "", "last_name": ""}
    if kind == "long":
        return {**sample, **_LONG}
    if kind == "branch" and number.isdecimal():
        ways = branches(source)
        return with_branch(sample, ways[int(number)]) if int(number) < len(ways) else sample
    return sample


@require_safe
@permission_required(["templates_app.view", "subscribers.view"], raise_exception=True)
def find_people(request: HttpRequest) -> HttpResponse:
    """Contacts whose address or name begins with `q`, for the picker."""
    found = people().find(request.GET.get("q", ""), limit=_FOUND)
    return JsonResponse({"people": [{"id": person.id, "label": person.label} for person in found]})
