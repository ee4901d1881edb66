"""Signing in, in our words."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Labels say what to enter; what they say twice is left out."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["remember"].label = _("Stay signed in on this browser")
        # The link stands below the form, out of the way of whoever tabs from field to field.
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
