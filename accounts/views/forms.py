"""What the settings of accounts ask for."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.types import Role


def _zones() -> Iterable[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


ROLES = (
    (Role.OWNER.value, _("Owner: everything, and who else may do what")),
    (Role.MARKETER.value, _("Marketer: writes, reviews and sends campaigns")),
    (Role.ANALYST.value, _("Analyst: sees everything, exports, changes nothing")),
    (Role.DELIVERABILITY.value, _("Deliverability: approves campaigns, sets up providers and streams")),
    (Role.DEVELOPER.value, _("Developer: edits templates, manages API keys")),
)


class TimeZoneField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=lazy(_zones, list), label=_("Time zone"), **options)


class ProfileForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    time_zone = TimeZoneField(help_text=_("Every time you see is in this zone."))


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
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six digits, such as #84316b."))],
        help_text=_("Used on the pages that your subscribers see."),
    )


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.MARKETER.value)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
