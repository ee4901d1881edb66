"""Makes lists and the hosted pages on which people sign up for them."""

from django.db import transaction
from django.utils.text import slugify

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ListRefused
from subscribers.models import MailingList, SignUpForm
from subscribers.services.consent import publish_wording


def add_list(*, actor: Actor, name: str, description: str = "", is_public: bool = False) -> MailingList:
    """A new list is private unless said otherwise: nobody is offered what is not ready. Raises PermissionRefused."""
    require(actor, "subscribers.edit")
    return MailingList.objects.create(
        name=name.strip()[:100],
        slug=_free_slug(MailingList, name, "list"),
        description=description.strip()[:300],
        is_public=is_public,
    )


def change_list(*, actor: Actor, list_id: int, name: str, description: str, is_public: bool) -> MailingList:
    """The slug stays, since imports and programs know the list by it. Raises ListRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    found = MailingList.objects.filter(pk=list_id).first()
    if found is None:
        raise ListRefused
    found.name, found.description, found.is_public = name.strip()[:100], description.strip()[:300], is_public
    found.save(update_fields=["name", "description", "is_public"])
    return found


def save_sign_up_form(
    *,
    actor: Actor,
    list_id: int,
    title: str,
    introduction: str,
    wording: str,
    is_open: bool,
    form_id: int | None = None,
) -> SignUpForm:
    """Make or change the page on which people sign up for this list. A changed wording is a new version, so that the
    ledger keeps what earlier people agreed to. Raises ListRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    mailing_list = MailingList.objects.filter(pk=list_id).first()
    form = SignUpForm.objects.filter(pk=form_id, lists=list_id).first() if form_id else SignUpForm()
    if mailing_list is None or form is None:
        raise ListRefused
    with transaction.atomic():
        is_new = form.pk is None
        form.slug = form.slug or _free_slug(SignUpForm, title, "sign-up")
        form.title, form.introduction, form.is_open = title.strip()[:120], introduction.strip(), is_open
        form.wording = publish_wording(name=f"form: {form.slug}", text=wording.strip(), locale="en")
        form.save()
        if is_new:
            form.lists.add(mailing_list)
    return form


def _free_slug(model: type[MailingList] | type[SignUpForm], name: str, otherwise: str) -> str:
    stem = slugify(name)[:40] or otherwise
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
