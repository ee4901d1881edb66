"""What the settings of sending ask for."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from deliverability.models import Provider
from deliverability.types import StreamKind

_KINDS = (("smtp", _("SMTP server")), ("sandbox", _("Sandbox: accepts everything, sends nothing")))
_DOMAIN = RegexValidator(
    r"^(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", _("Write a domain such as bounces.example.org, without http:// or @.")
)


class ProviderForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=_KINDS)
    host = forms.CharField(
        label=_("Host"),
        max_length=255,
        required=False,
        help_text=_("Such as smtp.example.org; the sandbox needs none."),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(label=_("Encryption"), choices=Provider.Security.choices, initial="starttls")
    username = forms.CharField(label=_("User name"), max_length=255, required=False)
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown again. Leave it empty to keep the one there is."),
    )
    max_connections = forms.IntegerField(
        label=_("Connections at once"), min_value=1, max_value=500, initial=20, help_text=_("Per worker.")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == "smtp" and not given.get("host"):
            self.add_error("host", _("Enter the server's name, as your provider's documentation gives it."))
        return given


class StreamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(StreamKind.MARKETING.value, _("Marketing")), (StreamKind.TRANSACTIONAL.value, _("Transactional"))],
        help_text=_("Keep the two apart: a complaint about a campaign must not delay a password reset."),
    )
    provider = forms.ModelChoiceField(label=_("Provider"), queryset=Provider.objects.order_by("name"))
    from_email = forms.EmailField(label=_("From"), help_text=_("Used where a mail names no sender of its own."))
    bounce_domain = forms.CharField(
        label=_("Bounce domain"),
        max_length=255,
        validators=[_DOMAIN],
        help_text=_("The domain of the Return-Path, to which servers report what could not be delivered."),
    )
