"""What screens of other apps show of lists and people."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from subscribers.models import Contact, CustomField, MailingList, Segment


class ListChoice(NamedTuple):
    id: int
    name: str


class ContactName(NamedTuple):
    """`name` is empty for somebody of whom we know only the address."""

    id: int
    email: str
    name: str


def list_choices() -> list[ListChoice]:
    return [ListChoice(*row) for row in MailingList.objects.order_by("name", "id").values_list("id", "name")]


def list_choices_by_slug() -> list[tuple[str, str]]:
    """As imports know lists: (slug, name)."""
    return list(MailingList.objects.order_by("name", "id").values_list("slug", "name"))


def contact_names(contact_ids: Collection[int]) -> dict[int, ContactName]:
    """Those of them who still exist."""
    rows = Contact.objects.filter(pk__in=contact_ids).values_list("id", "email", "first_name", "last_name")
    return {key: ContactName(key, email, f"{first} {last}".strip()) for key, email, first, last in rows}


def list_names() -> dict[int, str]:
    """Every list's name by its id, for what speaks of one of them."""
    return dict(MailingList.objects.order_by("name").values_list("pk", "name"))


def list_names_and_slugs(list_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Of those lists that exist, by id."""
    found = MailingList.objects.filter(pk__in=list_ids).values_list("id", "name", "slug")
    return {key: (name, slug) for key, name, slug in found}


def segment_choices(segment_ids: Collection[int] | None = None) -> list[ListChoice]:
    """All segments, or those of the given that still exist, by name."""
    found = Segment.objects.all() if segment_ids is None else Segment.objects.filter(pk__in=segment_ids)
    return [ListChoice(*row) for row in found.order_by("name", "id").values_list("id", "name")]


def custom_labels(keys: Iterable[str]) -> dict[str, str]:
    """What people call those of their own fields that still exist."""
    return dict(CustomField.objects.filter(key__in=list(keys)).values_list("key", "label"))
