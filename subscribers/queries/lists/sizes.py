"""The lists, with how many people stand how with each."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from subscribers.models import MailingList, SignUpForm

# Whoever is not subscribed is counted from the small index that holds nobody else, and the whole of a list from the
# key of its subscriptions; neither reads the table.
_SIZES = """
SELECT list.id, list.name, list.slug, list.description, list.is_public,
    (SELECT count(*) FROM subscribers_subscription WHERE mailing_list_id = list.id),
    (SELECT count(*) FROM subscribers_subscription
        WHERE mailing_list_id = list.id AND state = 'pending' AND NOT state = 'subscribed'),
    (SELECT count(*) FROM subscribers_subscription
        WHERE mailing_list_id = list.id AND state = 'unsubscribed' AND NOT state = 'subscribed')
FROM subscribers_mailinglist list ORDER BY list.name, list.id
"""


@dataclass(frozen=True, slots=True)
class ListSize:
    id: int
    name: str
    slug: str
    description: str
    is_public: bool
    subscribed: int
    pending: int
    unsubscribed: int


def list_sizes() -> list[ListSize]:
    """Every list by name, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        return [_size(row) for row in cursor.fetchall()]


def forms_of(list_id: int) -> list[SignUpForm]:
    return list(SignUpForm.objects.filter(lists=list_id).select_related("wording").order_by("title"))


def sign_up_pages() -> dict[int, list[SignUpForm]]:
    """Open sign-up pages by list."""
    found: dict[int, list[SignUpForm]] = {}
    for form in SignUpForm.objects.filter(is_open=True).prefetch_related("lists").order_by("title"):
        for mailing_list in form.lists.all():
            found.setdefault(mailing_list.pk, []).append(form)
    return found


def list_of(list_id: int) -> MailingList | None:
    return MailingList.objects.filter(pk=list_id).first()


def _size(row: tuple[Any, ...]) -> ListSize:
    key, name, slug, description, is_public, everybody, pending, unsubscribed = row
    subscribed = everybody - pending - unsubscribed
    return ListSize(key, name, slug, description, is_public, subscribed, pending, unsubscribed)
