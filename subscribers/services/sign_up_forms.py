"""Makes the hosted pages on which people sign up, in every language that they speak."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ListRefused
from subscribers.models import ConsentWording, MailingList, SignUpForm, SignUpFormText
from subscribers.services.consent import publish_wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a form says in one language; `wording` is what people agree to."""

    title: str
    wording: str
    introduction: str = ""
    thanks: str = ""
    welcome: str = ""


@transaction.atomic
def save_form(
    *,
    actor: Actor,
    list_ids: Collection[int],
    texts: Texts,
    is_open: bool,
    locale: str = "en",
    fields: Sequence[tuple[str, bool]] = (("first_name", False),),
    brand_color: str = "",
    form_id: int | None = None,
) -> SignUpForm:
    """Make or change a form. A changed wording is a new version, so that the ledger keeps what earlier people agreed
    to. `fields` are keys, and whether each must be filled in. Raises ListRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    lists = list(MailingList.objects.filter(pk__in=list_ids))
    form = SignUpForm.objects.filter(pk=form_id).first() if form_id else SignUpForm()
    if form is None or not lists:
        raise ListRefused
    form.slug = form.slug or _free_slug(texts.title)
    form.locale, form.is_open, form.brand_color = locale, is_open, brand_color
    form.fields = [[key, is_required] for key, is_required in fields]
    _say(form, form.slug, locale, texts)
    form.save()
    form.lists.set(lists)
    # Its own language needs no translation.
    form.translations.filter(locale=locale).delete()
    return form


@transaction.atomic
def save_form_text(*, actor: Actor, form_id: int, locale: str, texts: Texts) -> SignUpFormText:
    """The same page in one more language. Raises ListRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    form = SignUpForm.objects.filter(pk=form_id).exclude(locale=locale).first()
    if form is None:
        raise ListRefused
    text = form.translations.filter(locale=locale).first() or SignUpFormText(form=form, locale=locale)
    _say(text, form.slug, locale, texts)
    text.save()
    return text


def drop_form_text(*, actor: Actor, form_id: int, locale: str) -> None:
    """The page speaks its own language to these people again; what they agreed to stays. Raises PermissionRefused."""
    require(actor, "subscribers.edit")
    SignUpFormText.objects.filter(form_id=form_id, locale=locale).delete()


def set_form_open(*, actor: Actor, form_id: int, is_open: bool) -> SignUpForm:
    """Nobody can sign up on a closed form; links in mails that ask for a confirmation still work. Raises ListRefused,
    PermissionRefused."""
    require(actor, "subscribers.edit")
    form = SignUpForm.objects.filter(pk=form_id).first()
    if form is None:
        raise ListRefused
    form.is_open = is_open
    form.save(update_fields=["is_open"])
    return form


def _say(page: SignUpForm | SignUpFormText, slug: str, locale: str, texts: Texts) -> None:
    page.title, page.introduction = texts.title.strip()[:120], texts.introduction.strip()
    page.thanks, page.welcome = texts.thanks.strip(), texts.welcome.strip()
    page.wording = _wording(slug, locale, texts.wording.strip())


def _wording(slug: str, locale: str, text: str) -> ConsentWording:
    return publish_wording(name=f"form: {slug}", text=text, locale=locale)


def _free_slug(title: str) -> str:
    stem = slugify(title)[:40] or "sign-up"
    taken = set(SignUpForm.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
