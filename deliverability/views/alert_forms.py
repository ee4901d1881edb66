"""Forms of the alerts: the ways in which they reach people, and the thresholds that raise them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliverability.models import Alert, AlertChannel, Provider
from deliverability.rules.guardrails import SHIPPED, Guardrail, Metric

_URL = URLValidator(schemes=["http", "https"])


class ChannelForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (AlertChannel.Kind.EMAIL, gettext_lazy("E-mail")),
            (AlertChannel.Kind.CHAT, gettext_lazy("Chat: Slack, Mattermost, Teams")),
            (AlertChannel.Kind.WEBHOOK, gettext_lazy("Webhook, signed")),
        ],
    )
    target = forms.CharField(
        label=gettext_lazy("Address or URL"),
        max_length=500,
        help_text=gettext_lazy("An e-mail address, or the URL that your chat or your own server gave you."),
    )
    provider = forms.ModelChoiceField(
        label=gettext_lazy("E-mail leaves through"),
        queryset=Provider.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("The provider of transactional mail"),
        help_text=gettext_lazy("Best another than campaigns use: it may be the one in trouble."),
    )
    least = forms.ChoiceField(
        label=gettext_lazy("Tell of"),
        choices=[
            (Alert.Severity.WARNING, gettext_lazy("Warnings and critical alerts")),
            (Alert.Severity.CRITICAL, gettext_lazy("Critical alerts only")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        target = given.get("target", "")
        if not target:
            return given
        try:
            if given.get("kind") == AlertChannel.Kind.EMAIL:
                validate_email(target)
            else:
                _URL(target)
        except forms.ValidationError:
            is_mail = given.get("kind") == AlertChannel.Kind.EMAIL
            self.add_error(
                "target",
                _("Enter an e-mail address such as team@example.org.")
                if is_mail
                else _("Enter a whole URL that begins with https://."),
            )
        return given


_NAMES = {
    Metric.COMPLAINTS: gettext_lazy("Reported as spam"),
    Metric.BOUNCES: gettext_lazy("Bounced or refused"),
    Metric.DEFERRALS: gettext_lazy("Put off"),
    Metric.UNSUBSCRIBES: gettext_lazy("Unsubscribed"),
}


class GuardrailForm(forms.Form):
    """The thresholds of one metric, as per cent."""

    warn = forms.FloatField(label=gettext_lazy("Warn from"), min_value=0.001, max_value=100)
    critical = forms.FloatField(label=gettext_lazy("Critical from"), min_value=0.001, max_value=100)
    may_stop = forms.BooleanField(label=gettext_lazy("Critical pauses what it concerns"), required=False)

    def __init__(self, metric: Metric, rail: Guardrail, data: Mapping[str, Any] | None = None) -> None:
        values = {"warn": _percent(rail.warn), "critical": _percent(rail.critical), "may_stop": rail.may_stop}
        super().__init__(data, prefix=metric.value, initial=values)
        self.metric, self.shipped = metric, SHIPPED[metric]
        self.name = _NAMES[metric]
        for field in ("warn", "critical"):
            self.fields[field].widget.attrs |= {"step": "any", "inputmode": "decimal"}

    @property
    def shipped_words(self) -> str:
        values = {"warn": _percent(self.shipped.warn), "critical": _percent(self.shipped.critical)}
        return _("Shipped: %(warn)s %% and %(critical)s %%.") % values

    def given(self) -> tuple[float, float, bool]:
        """As `save_guardrails` takes it."""
        data = self.cleaned_data
        # Shares as people type them: 0.1 % is 0.001, not 0.0010000000000000002.
        return round(data["warn"] / 100, 8), round(data["critical"] / 100, 8), data["may_stop"]


def _percent(share: float) -> str:
    return f"{100 * share:g}"
