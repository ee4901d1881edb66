"""Forms and pages: the sign-up forms, what they brought, and how to put them anywhere."""

from io import BytesIO
from typing import Any, cast

import qrcode
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from subscribers import conf
from subscribers.models import SignUpForm
from subscribers.queries.lists.sign_up_forms import FormLine, asked_fields, form_line, form_lines, text_in, wordings_of
from subscribers.queries.lists.sizes import list_of
from subscribers.services.sign_up_forms import Texts, drop_form_text, save_form, save_form_text, set_form_open
from subscribers.views.audience.form_fields import BuilderForm, TextsForm, begun, texts_of
from subscribers.views.sign_up_pages import Asking, ask

may_see = permission_required("subscribers.view", raise_exception=True)
may_edit = permission_required("subscribers.edit", raise_exception=True)


@require_safe
@may_see
def forms(request: HttpRequest) -> HttpResponse:
    lines = form_lines(timezone.now().date())
    return render(request, "subscribers/audience/forms.html", {"lines": lines, "base_url": conf.base_url()})


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def new_form(request: HttpRequest) -> HttpResponse:
    list_id = request.GET.get("list", "")
    found = list_of(int(list_id)) if list_id.isascii() and list_id.isdigit() and len(list_id) < 10 else None
    form = BuilderForm(request.POST or None, initial=begun(found))
    if form.is_valid():
        made = _save(request, form)
        messages.success(
            request, _("“%(name)s” is there. Put its link or its code wherever people find it.") % {"name": made.title}
        )
        return redirect("form", made.pk)
    return render(request, "subscribers/audience/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def edit_form(request: HttpRequest, form_id: int) -> HttpResponse:
    line = _line(form_id)
    form = BuilderForm(request.POST or None, initial=begun(None, line.form))
    if form.is_valid():
        _save(request, form, form_id)
        messages.success(request, _("Saved. Whoever opens the page now sees it so."))
        return redirect("form", form_id)
    return render(request, "subscribers/audience/form.html", {"form": form, **_context(line)})


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def form_language(request: HttpRequest, form_id: int, locale: str) -> HttpResponse:
    """The texts of one more language."""
    line, name = _line(form_id), dict(settings.LANGUAGES).get(locale)
    if name is None or locale == line.form.locale:
        raise Http404
    if request.POST.get("do") == "drop":
        drop_form_text(actor=cast(Any, request.user), form_id=form_id, locale=locale)
        messages.success(request, _("The page no longer speaks %(language)s.") % {"language": name})
        return redirect("form", form_id)
    known = locale in line.locales
    form = TextsForm(request.POST or None, initial=texts_of(text_in(line.form, locale)) if known else {})
    if form.is_valid():
        save_form_text(actor=cast(Any, request.user), form_id=form_id, locale=locale, texts=Texts(**form.cleaned_data))
        messages.success(request, _("The page speaks %(language)s now.") % {"language": name})
        return redirect("form", form_id)
    context = {
        "form": form,
        "line": line,
        "language": name,
        "is_known": known,
        "own": text_in(line.form, line.form.locale),
    }
    return render(request, "subscribers/audience/form_language.html", context)


@require_POST
@may_edit
def toggle_form(request: HttpRequest, form_id: int) -> HttpResponse:
    form = set_form_open(actor=cast(Any, request.user), form_id=form_id, is_open=request.POST.get("open") == "yes")
    words = _("“%(name)s” is open.") if form.is_open else _("“%(name)s” is closed: nobody can sign up there.")
    messages.success(request, words % {"name": form.title})
    return redirect("form", form_id)


@require_safe
@may_see
@xframe_options_sameorigin
def form_preview(request: HttpRequest, form_id: int) -> HttpResponse:
    """The page as people see it; nothing can be sent from it."""
    line = _line(form_id)
    language = request.GET.get("lang", line.form.locale)
    response = ask(request, Asking(line.form, text_in(line.form, language), line.lists))
    policy = response.headers["Content-Security-Policy"]
    policy = policy.replace("form-action 'self'", "form-action 'none'")
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return response


@require_safe
@may_see
def form_qr(request: HttpRequest, form_id: int) -> HttpResponse:
    """The link as a picture to print."""
    picture = qrcode.make(_address(_line(form_id).form), image_factory=SvgPathImage, border=2, box_size=20)
    drawn = BytesIO()
    picture.save(drawn)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="sign-up-{form_id}.svg"'
    return response


def _save(request: HttpRequest, form: BuilderForm, form_id: int | None = None) -> SignUpForm:
    given = form.cleaned_data
    return save_form(
        actor=cast(Any, request.user),
        form_id=form_id,
        list_ids=[int(key) for key in given["lists"]],
        texts=form.texts(),
        is_open=given["is_open"],
        locale=given["locale"],
        fields=form.asked(),
        brand_color=given["brand_color"],
    )


def _line(form_id: int) -> FormLine:
    line = form_line(form_id, timezone.now().date())
    if line is None:
        raise Http404
    return line


def _context(line: FormLine) -> dict[str, Any]:
    others = [(code, name, code in line.locales) for code, name in settings.LANGUAGES if code != line.form.locale]
    return {
        "line": line,
        "address": _address(line.form),
        "embed": embed_code(line),
        "languages": others,
        "wordings": wordings_of(line.form),
    }


def _address(form: SignUpForm) -> str:
    return f"{conf.base_url()}{reverse('sign-up', args=[form.slug])}"


def embed_code(line: FormLine) -> str:
    """Plain HTML for any site, in the form's own language; it needs no script and sets no cookie."""
    form = line.form
    action = f"{_address(form)}?lang={form.locale}"
    context = {"action": action, "text": text_in(form, form.locale), "lists": line.lists, "asked": asked_fields(form)}
    with translation.override(form.locale):
        lines = render_to_string("subscribers/audience/parts/embed.html", context).splitlines()
    return "\n".join(each for each in lines if each.strip())
