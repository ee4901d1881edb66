"""Makes lists, the topics that people subscribe to."""

from django.utils.text import slugify

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ListRefused
from subscribers.models import MailingList


def add_list(*, actor: Actor, name: str, description: str = "", is_public: bool = False) -> MailingList:
    """A new list is private unless said otherwise: nobody is offered what is not ready. Raises PermissionRefused."""
    require(actor, "subscribers.edit")
    return MailingList.objects.create(
        name=name.strip()[:100],
        slug=_free_slug(name),
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


def _free_slug(name: str) -> str:
    stem = slugify(name)[:40] or "list"
    taken = set(MailingList.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
