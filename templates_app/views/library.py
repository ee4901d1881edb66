"""The list of templates, and what can be done to one without opening it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from templates_app.errors import TemplateError
from templates_app.queries.starters import starter_sources
from templates_app.queries.templates import found_templates
from templates_app.services.drafting import create_template, delete_template, duplicate_template, rename_template
from templates_app.views.way_back import way_back

_ON_A_PAGE = 12
BLANK = """<mjml lang="en">
  <mj-head>
    <mj-preview></mj-preview>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="16px" line-height="24px" color="#1f1b18" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f6f4f1">
    <mj-section background-color="#ffffff" padding="32px">
      <mj-column>
        <mj-text>Hello {{ contact.first_name | default: "there" }},</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


@require_safe
@permission_required("templates_app.view", raise_exception=True)
def templates(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    page = Paginator(found_templates(words), _ON_A_PAGE).get_page(request.GET.get("page"))

    def address(number: int) -> str:
        return f"?{urlencode({'q': words, 'page': number} if words else {'page': number})}"

    return render(
        request,
        "templates_app/templates.html",
        {
            "page": page,
            "words": words,
            "newer": address(page.previous_page_number()) if page.has_previous() else "",
            "older": address(page.next_page_number()) if page.has_next() else "",
        },
    )


@require_safe
@permission_required("templates_app.edit", raise_exception=True)
def new_template(request: HttpRequest) -> HttpResponse:
    return render(request, "templates_app/new.html", {"starters": starter_sources(), "next": way_back(request)})


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def create(request: HttpRequest) -> HttpResponse:
    """From a starter, or from a text that an editor could not save over somebody else's.

    Whoever came from a page of ours (`next`) goes back there by “Done”, with the new template in `template`.
    """
    starters, starter = starter_sources(), request.POST.get("starter", "")
    template = create_template(
        name=request.POST.get("name") or (starter.capitalize() if starter in starters else _("Untitled template")),
        source=request.POST.get("source") or starters.get(starter, BLANK),
        subject=request.POST.get("subject", ""),
        preheader=request.POST.get("preheader", ""),
        actor=request.user,
    )
    editor, back = reverse("template", args=[template.pk]), way_back(request)
    return redirect(f"{editor}?{urlencode({'next': f'{back}?template={template.pk}'})}" if back else editor)


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def duplicate(request: HttpRequest, template_id: int) -> HttpResponse:
    template = duplicate_template(template_id=template_id, actor=request.user)
    messages.success(request, _("“%(name)s” was made. The original stays as it is.") % {"name": template.name})
    return redirect("templates")


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def rename(request: HttpRequest, template_id: int) -> HttpResponse:
    try:
        template = rename_template(template_id=template_id, name=request.POST.get("name", ""), actor=request.user)
        messages.success(request, _("Renamed to “%(name)s”.") % {"name": template.name})
    except TemplateError as error:
        messages.error(request, str(error))
    return redirect("templates")


@require_POST
@permission_required("templates_app.edit", raise_exception=True)
def delete(request: HttpRequest, template_id: int) -> HttpResponse:
    try:
        name = delete_template(template_id=template_id, actor=request.user)
        messages.success(request, _("“%(name)s” was deleted with its versions.") % {"name": name})
    except TemplateError as error:
        messages.error(request, str(error))
    return redirect(reverse("templates"))
