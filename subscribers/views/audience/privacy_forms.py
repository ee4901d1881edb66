"""The form that notes a privacy request which came by mail, by letter or by telephone."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.rules.imports.people import country_of
from subscribers.rules.imports.words import CellRefused
from subscribers.types import RequestKind
from subscribers.views.audience.privacy_words import KINDS


class RequestForm(forms.Form):
    """Who asks for what, since when, and where."""

    address = forms.EmailField(
        label=_("Who asks"), max_length=254, help_text=_("Their e-mail address, also of somebody whom you do not find.")
    )
    kind = forms.ChoiceField(label=_("What they want"), choices=[(kind.value, KINDS[kind]) for kind in RequestKind])
    received_on = forms.DateField(
        label=_("Came in on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The law's clock runs from this day."),
    )
    source = forms.CharField(label=_("How"), max_length=180, help_text=_("Such as: a mail to privacy@, a call."))
    country = forms.CharField(
        label=_("Country"),
        max_length=60,
        required=False,
        help_text=_("If they named one. It decides how long you have."),
    )
    details = forms.CharField(
        label=_("In their words"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_country(self) -> str:
        given: str = self.cleaned_data["country"]
        try:
            return country_of(given) if given else ""
        except CellRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean_received_on(self) -> object:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day
