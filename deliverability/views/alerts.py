"""Alerts: what needs a person, who is told of it, and from which rates on."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.errors import GuardrailRefused, NameTaken
from deliverability.models import Alert, AlertChannel
from deliverability.queries.alerts import channels, open_alerts, past_alerts
from deliverability.queries.flow import thresholds
from deliverability.rules.guardrails import Metric
from deliverability.services.alert_channels import add_channel, remove_channel
from deliverability.services.alert_delivery import try_channel
from deliverability.services.alerts import acknowledge
from deliverability.services.guarding import save_guardrails
from deliverability.views.alert_forms import ChannelForm, GuardrailForm
from deliverability.views.places import read_place, say_place

may_manage = permission_required("deliverability.manage", raise_exception=True)


@require_safe
@permission_required("deliverability.view", raise_exception=True)
def alerts(request: HttpRequest) -> HttpResponse:
    below = read_place(request.GET)
    past = past_alerts(below=below)
    context = {
        "tabs": _tabs(request, "alerts"),
        "open": [] if below else open_alerts(),
        "past": past.rows,
        "newer": reverse("alerts") if below else "",
        "older": "?" + urlencode(say_place(past.older)) if past.older else "",
        "may_acknowledge": _may_acknowledge(request),
        "has_channels": channels().exists(),
    }
    return render(request, "deliverability/alerts.html", context)


@require_POST
def take(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Say that one looks after it."""
    if not _may_acknowledge(request):
        raise PermissionDenied
    get_object_or_404(Alert, pk=alert_id)
    acknowledge(actor=cast(Any, request.user), alert_id=alert_id)
    messages.success(request, _("It is yours: colleagues see that you look after it."))
    return redirect("alerts")


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def alert_channels(request: HttpRequest) -> HttpResponse:
    form = ChannelForm(request.POST or None)
    secret = ""
    if form.is_valid():
        given = form.cleaned_data
        provider = given["provider"]
        try:
            _channel, secret = add_channel(
                actor=cast(Any, request.user),
                kind=given["kind"],
                target=given["target"],
                provider_id=provider.pk if provider and given["kind"] == AlertChannel.Kind.EMAIL else None,
                least=given["least"],
            )
        except NameTaken:
            form.add_error("target", _("Alerts go there already. Nothing was saved."))
        else:
            if not secret:
                messages.success(request, _("Saved. Send yourself one to see that it arrives."))
                return redirect("alerts-channels")
            form = ChannelForm()
    return _channels_page(request, form, secret)


@require_POST
@may_manage
def channel_trial(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Sends one now and says how that went."""
    channel = get_object_or_404(AlertChannel, pk=channel_id)
    failure = try_channel(actor=cast(Any, request.user), channel_id=channel_id)
    return _channels_page(request, ChannelForm(), "", {"channel": channel, "failure": failure})


@require_POST
@may_manage
def channel_remove(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = get_object_or_404(AlertChannel, pk=channel_id)
    remove_channel(actor=cast(Any, request.user), channel_id=channel_id)
    messages.success(request, _("Alerts no longer go to %(target)s.") % {"target": channel.shown})
    return redirect("alerts-channels")


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def guardrails(request: HttpRequest) -> HttpResponse:
    rails, refusal = thresholds(), ""
    given = request.POST if request.method == "POST" else None
    forms = [GuardrailForm(metric, rails[metric], given) for metric in Metric]
    if given is not None and not any(form.errors for form in forms):
        try:
            save_guardrails(actor=cast(Any, request.user), own={form.metric: form.given() for form in forms})
        except GuardrailRefused as error:
            refusal = str(error)
        else:
            messages.success(request, _("The guardrails are saved and hold from the next minute on."))
            return redirect("alerts-guardrails")
    context = {"tabs": _tabs(request, "alerts-guardrails"), "forms": forms, "refusal": refusal}
    return render(request, "deliverability/guardrails.html", context)


def _channels_page(
    request: HttpRequest, form: ChannelForm, secret: str, trial: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "tabs": _tabs(request, "alerts-channels"),
        "form": form,
        "lines": [{"row": each, "remove_id": f"remove-{each.pk}", "kind": _short(each)} for each in channels()],
        "secret": secret,
        "trial": trial,
    }
    return render(request, "deliverability/alert_channels.html", context)


def _short(channel: AlertChannel) -> str:
    return {AlertChannel.Kind.EMAIL: _("E-mail"), AlertChannel.Kind.CHAT: _("Chat")}.get(
        AlertChannel.Kind(channel.kind), _("Webhook")
    )


def _tabs(request: HttpRequest, here: str) -> list[tuple[str, str, bool, None]]:
    """Only alerts themselves for those who may change nothing."""
    if not cast(Any, request.user).has_perm("deliverability.manage"):
        return []
    names = {
        "alerts": _("Alerts"),
        "alerts-channels": _("Who is told"),
        "alerts-guardrails": _("Guardrails"),
    }
    return [(words, reverse(name), name == here, None) for name, words in names.items()]


def _may_acknowledge(request: HttpRequest) -> bool:
    user = cast(Any, request.user)
    return bool(user.has_perm("campaigns.send") or user.has_perm("deliverability.manage"))
