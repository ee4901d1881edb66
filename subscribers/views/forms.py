"""Reads the sign-up form; the page's own HTML shows it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from subscribers.models import MailingList
from subscribers.queries.consent.policies import permission_policy
from subscribers.queries.lists.sign_up_forms import FIRST_NAME, AskedField
from subscribers.rules.imports.field_values import reader_of
from subscribers.rules.imports.words import CellRefused
from subscribers.rules.judgement import Risk
from subscribers.rules.policies import Handling, Verdict, judge_by_policy


class SignUpFields(forms.Form):
    """`lists` must hold at least one of the form's lists; with a single one there is nothing to choose."""

    email = forms.CharField(
        max_length=400,
        error_messages={
            "required": _("Please enter your email address."),
            "max_length": _("This address is too long to be one. Please check it."),
        },
    )
    first_name = forms.CharField(
        max_length=100,
        required=False,
        error_messages={"max_length": _("This name is too long for us: at most 100 characters fit.")},
    )
    lists = forms.MultipleChoiceField(
        error_messages={
            "required": _("Please choose at least one topic."),
            "invalid_choice": _("One of these topics is not on offer any more. Please choose again."),
        }
    )
    open_tracking = forms.BooleanField(required=False)
    click_tracking = forms.BooleanField(required=False)
    # People do not see this field; programs that fill in every field do.
    website = forms.CharField(required=False)
    ticket = forms.CharField(required=False)
    # The address about which the page has asked "did you mean" already; sent again, it is meant.
    asked_about = forms.CharField(required=False)

    def __init__(self, data: object, *, lists: Sequence[MailingList], asked: Sequence[AskedField] = ()) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._verdict: Verdict | None = None
        field = self.fields["lists"]
        if not isinstance(field, forms.MultipleChoiceField):
            raise TypeError("lists is a choice")
        field.choices = [(str(found.pk), found.name) for found in lists]
        field.required = len(lists) > 1
        self._asked = asked
        for each in asked:
            name = self.name_of(each.key)
            self.fields.setdefault(name, forms.CharField(max_length=1000, required=False))
            self.fields[name].required = each.is_required
            self.fields[name].error_messages["required"] = _("Please fill this in.")

    @staticmethod
    def name_of(key: str) -> str:
        """The input of a custom field; the first name is one of ours."""
        return key if key == FIRST_NAME else f"field-{key}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self._values: dict[str, Any] = {}
        for each in self._asked:
            text = str(given.get(self.name_of(each.key), "")).strip()
            if each.key == FIRST_NAME or not text:
                continue
            try:
                self._values[each.key] = reader_of(each.kind, each.options)(text)
            except CellRefused:
                self.add_error(self.name_of(each.key), _("We could not read this. Please check it."))
        return given

    def custom_values(self) -> dict[str, Any]:
        """Custom fields by key; after `is_valid`."""
        return self._values

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"])
        if "@" not in typed:
            raise forms.ValidationError(
                _("“%(typed)s” has no @, so it is not an email address. One looks like name@example.org."),
                params={"typed": typed},
            )
        self._verdict = judge_by_policy(permission_policy(), typed)
        if self._verdict.handling is not Handling.REFUSE:
            return self._verdict.address
        if self._verdict.risk is Risk.DISPOSABLE:
            raise forms.ValidationError(
                _("“%(typed)s” is a mailbox for one use, which is gone before our next mail. Please use your own."),
                params={"typed": typed},
            )
        if self._verdict.risk is Risk.ROLE:
            raise forms.ValidationError(
                _("“%(typed)s” may be read by several people. Please use an address that is yours alone."),
                params={"typed": typed},
            )
        raise forms.ValidationError(
            _("We cannot send mail to “%(typed)s”. Please check it: an address looks like name@example.org."),
            params={"typed": typed},
        )

    def suggestion(self) -> str:
        """The address that was probably meant; empty where there is no doubt, or the person has said so. After
        `is_valid`."""
        is_meant = self.cleaned_data["email"] == self.cleaned_data["asked_about"]
        return "" if is_meant else self.verdict().judgement.suggestion

    def verdict(self) -> Verdict:
        """What the policy makes of the address; after `is_valid`."""
        if self._verdict is None:
            raise ValueError("an address is judged when the form is checked")
        return self._verdict

    def chosen_lists(self) -> list[int]:
        """The ids to ask for; call after `is_valid`."""
        offered = [int(key) for key, _name in self.fields["lists"].choices]  # type: ignore[attr-defined]
        return offered if len(offered) == 1 else [int(key) for key in self.cleaned_data["lists"]]
