"""What the settings of accounts ask for."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.files import File
from django.core.validators import RegexValidator
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.errors import UnusableLogo
from accounts.models import User
from accounts.services.logo import MOST_BYTES, is_usable
from accounts.types import Role


# Reads a folder of hundreds of files.
@cache
def _zones() -> Iterable[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


ROLES = (
    (Role.OWNER.value, _("Owner: everything, and who else may do what")),
    (Role.MARKETER.value, _("Marketer: writes, reviews and sends campaigns")),
    (Role.ANALYST.value, _("Analyst: sees everything, exports, changes nothing")),
    (Role.DELIVERABILITY.value, _("Deliverability: approves campaigns, sets up providers and streams")),
    (Role.DEVELOPER.value, _("Developer: edits templates, manages API keys")),
    (Role.PRIVACY.value, _("Privacy: answers what people ask about their data, sets how long it is kept")),
)


class TimeZoneField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=lazy(_zones, list), label=_("Time zone"), **options)


class ProfileForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    time_zone = TimeZoneField(help_text=_("Every time you see is in this zone."))


class PasswordField(forms.CharField):
    """A new password; the form's `clean` asks Django's validators, which know what everybody else uses."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        hint = _("At least 8 characters, and none of the passwords that everybody uses.")
        super().__init__(label=_("Password"), strip=False, widget=widget, help_text=hint, **options)


class NewcomerForm(forms.Form):
    """Name, time zone and password of somebody whose e-mail address is known."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    time_zone = TimeZoneField(help_text=_("Every time you see is in this zone."))
    password = PasswordField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = User(email=self.email(), first_name=given.get("first_name", ""), last_name=given.get("last_name", ""))
        try:
            validate_password(given.get("password", ""), known)
        except forms.ValidationError as error:
            if "password" in given:
                self.add_error("password", error)
        return given

    def email(self) -> str:
        return str(self.initial.get("email", ""))


class FounderForm(NewcomerForm):
    email_address = forms.EmailField(label=_("Your e-mail address"), max_length=254)
    field_order = ("first_name", "last_name", "email_address", "time_zone", "password")

    def email(self) -> str:
        return str(self.cleaned_data.get("email_address", ""))


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    postal_address = forms.CharField(
        label=_("Postal address"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Street, town and country. The law wants it in every marketing mail; we put it into the footer."),
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    time_zone = TimeZoneField(help_text=_("Campaigns are scheduled in this zone unless somebody chooses another."))
    brand_color = forms.CharField(
        label=_("Brand colour"),
        widget=forms.TextInput(
            attrs={
                "type": "color",
                "hx-get": reverse_lazy("settings-organisation-brand"),
                "hx-trigger": "input delay:150ms",
                "hx-target": "#brand",
                "hx-swap": "outerHTML",
            }
        ),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six digits, such as #84316b."))],
        help_text=_("Used on the pages that your subscribers see."),
    )
    approval_above = forms.IntegerField(
        label=_("Second person needed above"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        help_text=_(
            "Campaigns to more people than this take two: whoever approves one cannot send it too. Empty: none do."
        ),
    )


class LogoField(forms.FileField):
    """A picture that the service will take, so that nothing else of the form is saved without it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})
        hint = _("PNG, JPEG or WebP, at most 1 MB.")
        super().__init__(label=_("Logo"), widget=widget, help_text=hint, validators=[usable_logo], **options)


def usable_logo(file: "File[bytes]") -> None:
    if not is_usable(file.read(MOST_BYTES + 1)):
        raise forms.ValidationError(str(UnusableLogo()))
    file.seek(0)


class LogoForm(forms.Form):
    logo = LogoField()


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.MARKETER.value)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
