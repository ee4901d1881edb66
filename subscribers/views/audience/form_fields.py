"""What the builder of sign-up forms asks for."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.models import MailingList, SignUpForm
from subscribers.queries.consent.choices import list_choices
from subscribers.queries.lists.sign_up_forms import FIRST_NAME, FormText, form_choices, text_in
from subscribers.services.sign_up_forms import Texts

_ASKED = [
    ("", gettext_lazy("Do not ask")),
    ("may", gettext_lazy("Ask, may stay empty")),
    ("must", gettext_lazy("Ask, must be filled in")),
]
ASK = "ask-"


class TextsForm(forms.Form):
    """What the page says, in one language."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    wording = forms.CharField(
        label=gettext_lazy("What they agree to"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "The exact words beside the button. A change is a new version; the ledger keeps the old ones."
        ),
    )
    thanks = forms.CharField(
        label=gettext_lazy("Thank-you, once they have signed up"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stands above “look into your inbox”."),
    )
    welcome = forms.CharField(
        label=gettext_lazy("Welcome, once they have confirmed"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _lists() -> Iterable[tuple[str, Any]]:
    return [(str(each.id), each.name) for each in list_choices()]


class BuilderForm(TextsForm):
    """The whole form; one choice for each field that it may ask for beside the address."""

    lists = forms.MultipleChoiceField(
        label=gettext_lazy("Lists"),
        choices=lazy(_lists, list),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With several, people choose. None is ticked beforehand."),
    )
    locale = forms.ChoiceField(label=gettext_lazy("Language of these texts"), choices=settings.LANGUAGES)
    brand_color = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        max_length=7,
        help_text=gettext_lazy("Such as #84316b. Empty: the organisation's own."),
    )
    is_open = forms.BooleanField(label=gettext_lazy("People can sign up now"), required=False)
    field_order = ["title", "introduction", "lists", "wording"]

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        own = [(FIRST_NAME, _("First name"))]
        for key, label in own + [(field.key, field.label) for field in form_choices()]:
            self.fields[ASK + key] = forms.ChoiceField(label=label, choices=_ASKED, required=False)

    def text_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(ASK)]

    def asked_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(ASK)]

    def clean_brand_color(self) -> str:
        color = str(self.cleaned_data["brand_color"]).strip().lower()
        if color and not re.fullmatch(r"#[0-9a-f]{6}", color):
            raise forms.ValidationError(_("A colour looks like #84316b."))
        return color

    def texts(self) -> Texts:
        return Texts(**{name: self.cleaned_data[name] for name in TextsForm.base_fields})

    def asked(self) -> list[tuple[str, bool]]:
        """Keys, and whether each must be filled in, in the order of the builder."""
        chosen = {name: self.cleaned_data[name] for name in self.fields if name.startswith(ASK)}
        return [(name.removeprefix(ASK), how == "must") for name, how in chosen.items() if how]


def begun(found: MailingList | None, form: SignUpForm | None = None) -> dict[str, Any]:
    """What stands in the builder when it opens."""
    if form:
        asked = {ASK + key: "must" if is_required else "may" for key, is_required in form.fields}
        lists = [str(each.pk) for each in form.lists.all()]
        own = {"lists": lists, "locale": form.locale, "is_open": form.is_open, "brand_color": form.brand_color}
        return {**texts_of(text_in(form, form.locale)), **own, **asked}
    started = {"is_open": True, "locale": "en", ASK + FIRST_NAME: "may"}
    if found is None:
        return started
    wording = _("Yes, send me “%(name)s” by e-mail. I can leave at any time.") % {"name": found.name}
    texts = {"title": found.name, "introduction": found.description, "wording": wording}
    return {**started, **texts, "lists": [str(found.pk)]}


def texts_of(text: FormText) -> dict[str, Any]:
    return {
        "title": text.title,
        "introduction": text.introduction,
        "wording": text.wording.text,
        "thanks": text.thanks,
        "welcome": text.welcome,
    }
