"""What the settings of sending ask for."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates
from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliverability.models import Provider
from deliverability.rules.mailbox_providers import OTHER, mailbox_providers
from deliverability.rules.provider_kinds import Field, Kind
from deliverability.rules.routes import Step
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
    hands_on = forms.BooleanField(
        label=_("It hands each mail straight on to the mailbox provider"),
        required=False,
        help_text=_(
            "Leave it off for relays that keep a queue of their own. On, Sendwell keeps to what each mailbox provider "
            "takes: connections, mails on each, and rates."
        ),
    )
    ca_certificate = forms.CharField(
        label=_("Certificate authority"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("In PEM format, if the server's certificate comes from an authority of your own."),
    )

    def clean_ca_certificate(self) -> str:
        """Keeps the certificates alone: a private key that was pasted along has no business here."""
        given: str = self.cleaned_data["ca_certificate"].strip()
        try:
            found = load_pem_x509_certificates(given.encode()) if given else []
        except ValueError:
            raise forms.ValidationError(
                _("This is no certificate. Paste the whole block, from -----BEGIN CERTIFICATE----- to the end.")
            ) from None
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in found)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == "smtp" and not given.get("host"):
            self.add_error("host", _("Enter the server's name, as your provider's documentation gives it."))
        return given


class EspForm(forms.Form):
    """An ESP's fields, as its kind names them. `kept` are the secrets that are stored: they never come back."""

    def __init__(self, *args: Any, kind: Kind, kept: Collection[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=100, initial=kind.title)
        for field in (*kind.fields, *kind.hooks.fields):
            self.fields[field.name] = _esp_field(field, is_kept=field.name in kept)
        self.fields["max_connections"] = forms.IntegerField(
            label=_("Calls at once"), min_value=1, max_value=100, initial=5, help_text=_("Per worker.")
        )

    def values(self) -> dict[str, str]:
        """What the kind asks for, without name and connections."""
        return {
            name: str(value) for name, value in self.cleaned_data.items() if name not in ("name", "max_connections")
        }


def _esp_field(field: Field, *, is_kept: bool) -> forms.Field:
    if field.is_secret:
        return _secret_field(field, is_kept=is_kept)
    common: dict[str, Any] = {
        "label": field.label,
        "required": field.is_required,
        "initial": field.initial,
        "help_text": field.help,
    }
    if field.choices:
        return forms.ChoiceField(choices=field.choices, **common)
    if field.name == "api_url":
        return forms.URLField(assume_scheme="https", max_length=300, **common)
    return forms.CharField(max_length=300, **common)


def _secret_field(field: Field, *, is_kept: bool) -> forms.Field:
    hint = _("One is kept, encrypted, and never shown again. Leave this empty to keep it.") if is_kept else field.help
    return forms.CharField(
        label=field.label,
        required=field.is_required and not is_kept,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=hint or _("Kept encrypted and never shown again."),
        max_length=5000,
    )


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
    tracking_url = forms.URLField(
        label=_("Tracking host"),
        required=False,
        assume_scheme="https",
        help_text=_("Where links and the open pixel point, such as https://links.example.org. Empty: this server."),
    )


class RouteStepForm(forms.Form):
    """One way out of a stream."""

    provider = forms.ModelChoiceField(label=_("Provider"), queryset=Provider.objects.order_by("name"), empty_label="–")
    tier = forms.TypedChoiceField(
        label=_("Choice"),
        coerce=int,
        # A string as it is posted, so that an untouched line counts as empty.
        initial="2",
        choices=[(1, _("First")), (2, _("Second")), (3, _("Third")), (4, _("Fourth"))],
    )
    weight = forms.IntegerField(label=_("Weight"), min_value=1, max_value=1000, initial=1)

    # How the way stands, set by the view.
    standing: Any = None


# Generic for the type checker only: Django's class takes no parameters when it runs.
if TYPE_CHECKING:
    RouteSet = forms.BaseFormSet[RouteStepForm]
else:
    RouteSet = forms.BaseFormSet


class Route(RouteSet):
    """All ways out of a stream on one page."""

    def clean(self) -> None:
        steps = [form.cleaned_data["provider"] for form in self._kept() if form.cleaned_data.get("provider")]
        if not steps:
            raise forms.ValidationError(_("A stream needs at least one provider, so nothing was saved."))
        if len(steps) != len(set(steps)):
            raise forms.ValidationError(_("A provider stands here twice, so nothing was saved. Give each one line."))

    def chosen(self) -> list[Step]:
        """The lines that stay, as `save_route` takes them."""
        lines = [form.cleaned_data for form in self._kept() if form.cleaned_data.get("provider")]
        return [Step(line["provider"].pk, line["tier"], line["weight"]) for line in lines]

    def _kept(self) -> list[RouteStepForm]:
        return [form for form in self.forms if form not in self.deleted_forms and form.is_valid()]


RouteForm = forms.formset_factory(RouteStepForm, formset=Route, extra=1, can_delete=True)


def _lanes() -> list[tuple[str, str | Promise]]:
    known: list[tuple[str, str | Promise]] = list(mailbox_providers().items())
    # The empty one marks the last line as untouched.
    return [("", "–"), ("*", _("Everybody without a line here")), *known, (OTHER, _("Domains of their own"))]


class LaneForm(forms.Form):
    """How fast one stream may go to one mailbox provider."""

    mailbox_provider = forms.ChoiceField(label=_("Mailbox provider"), choices=_lanes)
    messages_per_second = forms.FloatField(label=_("Per second"), min_value=0.01, max_value=100_000, required=False)
    burst = forms.IntegerField(label=_("Burst"), min_value=1, max_value=1_000_000, initial=100)
    max_connections = forms.IntegerField(label=_("Connections"), min_value=1, max_value=10_000, initial=20)
    messages_per_connection = forms.IntegerField(label=_("Per connection"), min_value=1, required=False)
    messages_per_hour = forms.IntegerField(label=_("Per hour"), min_value=1, required=False)
    messages_per_day = forms.IntegerField(label=_("Per day"), min_value=1, required=False)


# Generic for the type checker only: Django's class takes no parameters when it runs.
if TYPE_CHECKING:
    FormSet = forms.BaseFormSet[LaneForm]
else:
    FormSet = forms.BaseFormSet


class Lanes(FormSet):
    """All limits of a stream on one page."""

    def clean(self) -> None:
        names = [form.cleaned_data.get("mailbox_provider") for form in self._kept() if form.cleaned_data]
        if len(names) != len(set(names)):
            raise forms.ValidationError(
                _("A mailbox provider stands here twice, so nothing was saved. Give each one line.")
            )

    def chosen(self) -> list[dict[str, Any]]:
        """The lines that stay, as `save_lanes` takes them."""
        lines = [form.cleaned_data for form in self._kept() if form.has_changed() or form.initial]
        return [{name: value for name, value in line.items() if name != "DELETE"} for line in lines]

    def _kept(self) -> list[LaneForm]:
        return [form for form in self.forms if form not in self.deleted_forms]


LanesForm = forms.formset_factory(LaneForm, formset=Lanes, extra=1, can_delete=True)
