"""The settings of providers: SMTP servers and ESPs, a trial mail through each, and their webhooks."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import SecretUnreadable
from deliverability import conf
from deliverability.errors import NameTaken
from deliverability.models import Provider, Stream
from deliverability.queries.health import newest_changes
from deliverability.queries.webhooks import newest_webhooks
from deliverability.rules.provider_kinds import ESP_KINDS, Kind, esp_kind
from deliverability.services.providers import hook_secrets_of, provider_secrets, save_esp, save_provider
from deliverability.services.trial import Trial, try_provider
from deliverability.views.forms import EspForm, ProviderForm
from deliverability.views.route_words import standing_words, standings

may_manage = permission_required("deliverability.manage", raise_exception=True)
_OTHERS = ("smtp", "sandbox")


@require_safe
@may_manage
def providers(request: HttpRequest) -> HttpResponse:
    found = list(Provider.objects.prefetch_related("streams", "route_steps__stream").order_by("name"))
    states = standings([each.pk for each in found])
    lines = [(each, states[each.pk], _users(each)) for each in found]
    return render(request, "deliverability/providers.html", {"providers": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def new_provider(request: HttpRequest) -> HttpResponse:
    """First what it is, then what that asks for."""
    slug = request.POST.get("kind") or request.GET.get("kind", "")
    kind = esp_kind(slug)
    if kind is None and slug not in _OTHERS:
        return render(request, "deliverability/provider_kinds.html", {"kinds": ESP_KINDS})
    form = _form(request, None, kind, slug)
    saved = _save(request, None, form)
    if saved:
        return redirect("settings-providers-one", saved.pk)
    return _page(request, None, kind, form)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def provider(request: HttpRequest, provider_id: int) -> HttpResponse:
    found = get_object_or_404(Provider, pk=provider_id)
    kind = esp_kind(found.kind)
    form = _form(request, found, kind, found.kind)
    if _save(request, found, form):
        return redirect("settings-providers-one", found.pk)
    return _page(request, found, kind, form)


@require_POST
@may_manage
def trial(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Sends one mail now and shows what was said, word for word."""
    found = get_object_or_404(Provider, pk=provider_id)
    actor = cast(Any, request.user)
    kind = esp_kind(found.kind)
    told = try_provider(actor=actor, provider_id=provider_id, to=actor.email)
    form = EspForm(**_esp_options(found, kind)) if kind else ProviderForm(initial=_values(found))
    return _page(request, found, kind, form, told)


def _form(request: HttpRequest, found: Provider | None, kind: Kind | None, slug: str) -> ProviderForm | EspForm:
    given = request.POST or None
    if kind is not None:
        return EspForm(given, **_esp_options(found, kind))
    return ProviderForm(given, initial=_values(found) if found else {"kind": slug})


def _save(request: HttpRequest, found: Provider | None, form: ProviderForm | EspForm) -> Provider | None:
    """The saved provider; None while there is nothing to save or something to correct."""
    if not form.is_valid():
        return None
    actor, key = cast(Any, request.user), found.pk if found else None
    given = form.cleaned_data
    try:
        if isinstance(form, EspForm):
            saved = save_esp(
                actor=actor,
                provider_id=key,
                kind=form.kind.slug,
                name=given["name"],
                values=form.values(),
                max_connections=given["max_connections"],
            )
        else:
            saved = save_provider(actor=actor, provider_id=key, **given)
    except NameTaken as error:
        form.add_error("name", str(error))
        return None
    messages.success(request, _("Saved. Send yourself a mail to see that it works."))
    return saved


def _page(
    request: HttpRequest,
    found: Provider | None,
    kind: Kind | None,
    form: ProviderForm | EspForm,
    told: Trial | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "provider": found, "kind": kind, "trial": told}
    if found:
        changes = [(change, *standing_words(change.standing)) for change in newest_changes(found.pk)]
        context |= {"standing": standings([found.pk])[found.pk], "changes": changes}
    if found and kind and kind.hooks.proof != "none":
        context |= _hooks(found)
    return render(request, "deliverability/provider.html", context)


def _users(provider: Provider) -> list[Stream]:
    """The streams whose mail may take it."""
    streams = {*provider.streams.all(), *(step.stream for step in provider.route_steps.all())}
    return sorted(streams, key=lambda stream: stream.name)


def _hooks(found: Provider) -> dict[str, Any]:
    """Where its webhooks go, whether they are taken, and the last ones."""
    try:
        are_taken = bool(hook_secrets_of(found))
    except SecretUnreadable:
        are_taken = False
    url = reverse("webhook", args=[found.kind, found.hook_token]) if found.hook_token else ""
    return {
        "hook_url": url and f"{conf.base_url()}{url}",
        "are_hooks_taken": are_taken,
        "webhooks": newest_webhooks(found.pk),
    }


def _esp_options(found: Provider | None, kind: Kind) -> dict[str, Any]:
    if found is None:
        return {"kind": kind}
    try:
        kept = set(provider_secrets(found))
    except SecretUnreadable:
        # Nothing can be read any more, so everything has to be entered once again.
        kept = set()
    initial = {**found.options, "name": found.name, "max_connections": found.max_connections}
    return {"kind": kind, "kept": kept, "initial": initial}


def _values(found: Provider) -> dict[str, Any]:
    """What the form begins with; passwords never come back."""
    return {name: getattr(found, name) for name in ProviderForm.base_fields if name != "password"}
