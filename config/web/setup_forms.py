"""What the first set-up asks for: the forms of the settings, with less in them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.views.forms import LogoField, OrganisationForm
from deliverability.queries.mailbox_providers import OTHER, mailbox_provider_of
from deliverability.views.forms import ProviderForm


class FirstOrganisationForm(OrganisationForm):
    approval_above = None  # type: ignore[assignment]  # Django's way to leave a field of the parent out
    logo = LogoField(required=False)


class FirstWayForm(ProviderForm):
    name = max_connections = ca_certificate = None  # type: ignore[assignment]
    from_email = forms.EmailField(
        label=_("Your mail comes from"),
        max_length=254,
        help_text=_("An address at a domain of yours, such as news@example.org. You can change it for each campaign."),
    )
    field_order = ("from_email",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = _("Kept encrypted and never shown again.")

    def clean_from_email(self) -> str:
        given: str = self.cleaned_data["from_email"]
        if mailbox_provider_of(given) != OTHER:
            domain = given.rpartition("@")[2]
            raise forms.ValidationError(
                _("Mail from %(domain)s that does not leave its own servers is refused. Enter an address of your own."),
                params={"domain": domain},
            )
        return given
