"""The drawer that sends a test of a template: in this app, because templates know no streams and send nothing."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import OrganisationMissing
from campaigns.errors import TestRefused
from campaigns.services.send_test import send_template_test
from templates_app.errors import TemplateErrors
from templates_app.queries.templates import template as template_of


@require_http_methods(["GET", "POST"])
@permission_required("templates_app.edit", raise_exception=True)
def template_test(request: HttpRequest, template_id: int) -> HttpResponse:
    template = template_of(template_id)
    address = request.POST.get("address") or str(getattr(request.user, "email", ""))
    problems: list[str] = []
    if request.method == "POST":
        try:
            test = send_template_test(template_id=template_id, address=address, actor=request.user)
        except TemplateErrors as errors:
            problems = [str(problem) for problem in errors.problems]
        except (TestRefused, OrganisationMissing) as error:
            problems = [str(error)]
        else:
            words = _("A test is on its way to %(address)s, as version %(number)s.")
            messages.success(request, words % {"address": test.address, "number": test.version.number})
            response = HttpResponse()
            response["HX-Trigger"] = '{"close-drawer": {}}'
            return response
    context = {"template": template, "address": address, "problems": problems}
    return render(request, "campaigns/template_test.html", context)
