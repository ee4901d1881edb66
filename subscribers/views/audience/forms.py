"""What the audience screens ask for."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from subscribers.models import CustomField
from subscribers.queries.consent.choices import list_choices
from subscribers.queries.contacts.profile import KnownField
from subscribers.rules.imports.field_values import typed_text
from subscribers.rules.imports.people import country_of, locale_of, time_zone_of
from subscribers.rules.imports.words import CellRefused
from subscribers.views.audience.words import BASES

_CONSENT_HINT = _(
    "Where and when they agreed, as you would tell a data protection officer. It stands in the consent ledger for good."
)
CUSTOM = "custom-"


def _lists() -> Iterable[tuple[str, Any]]:
    return [("", _("Choose a list")), *((str(each.id), each.name) for each in list_choices())]


# Reads a folder of hundreds of files.
@cache
def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]


class ContactForm(forms.Form):
    """One person, with the permission to write to them."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    country = forms.CharField(label=_("Country"), max_length=60, required=False, help_text=_("Such as DE or Germany."))
    mailing_list = forms.ChoiceField(label=_("List"), choices=lazy(_lists, list))
    basis = forms.ChoiceField(label=_("Why you may write to them"), choices=list(BASES.items()))
    consent_source = forms.CharField(
        label=_("How they agreed"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_CONSENT_HINT,
    )

    def clean_country(self) -> str:
        return _read(country_of, self.cleaned_data["country"])


class FieldsForm(forms.Form):
    """What is known of a person; one input for each custom field."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    locale = forms.CharField(label=_("Language"), max_length=16, required=False, help_text=_("Such as de or pt-BR."))
    country = forms.CharField(label=_("Country"), max_length=60, required=False, help_text=_("Such as DE or Germany."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("Not known")), *_zones()],
    )

    def __init__(self, *given: Any, known: list[KnownField], **options: Any) -> None:
        super().__init__(*given, **options)
        for field in known:
            self.fields[CUSTOM + field.key] = _custom_field(field)

    def clean_country(self) -> str:
        return _read(country_of, self.cleaned_data["country"])

    def clean_locale(self) -> str:
        return _read(locale_of, self.cleaned_data["locale"])

    def clean_time_zone(self) -> str:
        return _read(time_zone_of, self.cleaned_data["time_zone"])

    def custom(self) -> dict[str, str]:
        """Custom fields by key, as typed."""
        return {name.removeprefix(CUSTOM): text for name, text in self.cleaned_data.items() if name.startswith(CUSTOM)}


class ListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Subscribers read it."))
    description = forms.CharField(
        label=_("What they get, and how often"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_public = forms.BooleanField(
        label=_("Offer it to everybody in the preference center"),
        required=False,
        help_text=_("A private list shows only to those who are on it."),
    )


def _custom_field(field: KnownField) -> forms.Field:
    if field.kind == CustomField.Kind.BOOLEAN:
        choices = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(label=field.label, required=False, choices=choices)
    if field.kind == CustomField.Kind.CHOICE:
        return forms.ChoiceField(label=field.label, required=False, choices=_choices(field))
    widgets: dict[str, forms.Widget] = {
        CustomField.Kind.NUMBER: forms.TextInput(attrs={"inputmode": "decimal"}),
        CustomField.Kind.DATE: forms.DateInput(attrs={"type": "date"}),
        CustomField.Kind.JSON: forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    }
    return forms.CharField(
        label=field.label,
        required=False,
        max_length=20_000 if field.kind == CustomField.Kind.JSON else 1000,
        widget=widgets.get(field.kind, forms.TextInput()),
        help_text=_("With semicolons between them.") if field.kind == CustomField.Kind.LIST else "",
    )


def _choices(field: KnownField) -> list[tuple[str, Any]]:
    """A retired option that this person has stays theirs until somebody chooses another one."""
    own = [field.value] if isinstance(field.value, str) and field.value not in field.options else []
    return [("", _("Not known")), *((each, each) for each in (*field.options, *own))]


def custom_initial(known: list[KnownField]) -> dict[str, Any]:
    return {CUSTOM + field.key: typed_text(field.value) for field in known}


def _read(read: Any, text: str) -> str:
    try:
        return str(read(text)) if text.strip() else ""
    except CellRefused as refused:
        raise forms.ValidationError(str(refused)) from None
