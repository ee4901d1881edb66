"""Puts contacts under the mailbox provider that reads their mail, once DNS has told who that is."""

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from deliverability.queries.mailbox_providers import OTHER, providers_of_domains
from deliverability.services.mail_domains import have_followed, news, note_domains
from subscribers.models import Contact

# How far the contacts have been looked through. Lost with Redis, it only makes the next run look at all of them again.
_SEEN = "subscribers:placed-up-to"
_DOMAIN = "lower(split_part(email, '@', 2))"
_NEWCOMERS = f"""
SELECT DISTINCT {_DOMAIN} FROM subscribers_contact WHERE mailbox_provider = %s AND id > %s AND id <= %s
"""  # noqa: S608  the expression is our own
# One pass over the contacts for any number of domains: an index on the domain would slow every import down for this.
_PLACE = f"""
UPDATE subscribers_contact AS contact SET mailbox_provider = told.mailbox_provider
FROM unnest(%s::text[], %s::text[]) AS told (domain, mailbox_provider)
WHERE {_DOMAIN} = told.domain AND contact.mailbox_provider <> told.mailbox_provider AND contact.id > %s
"""  # noqa: S608


def place_contacts() -> int:
    """Note newcomers' domains for DNS, and place everybody of whose domain it has answered. Returns how many moved.

    Contacts of domains that are a provider's own stand there from the start. Safe to run twice and to lose.
    """
    since, newest = _seen(), Contact.objects.order_by("-id").values_list("id", flat=True).first() or 0
    moved = 0
    if newest > since:
        domains = _domains_of_newcomers(since, newest)
        note_domains(domains)
        moved += _place(providers_of_domains(domains), since)
        _remember(newest)
    told = news()
    moved += _place(told, 0)
    have_followed(told)
    return moved


def _domains_of_newcomers(since: int, newest: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWCOMERS, [OTHER, since, newest])
        return [row[0] for row in cursor.fetchall()]


def _place(told: dict[str, str], since: int) -> int:
    if not told:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [list(told), list(told.values()), since])
        return int(cursor.rowcount)


def _seen() -> int:
    try:
        return int(cache.get(_SEEN) or 0)
    except RedisError:
        return 0


def _remember(newest: int) -> None:
    try:
        cache.set(_SEEN, newest, timeout=None)
    except RedisError:
        pass  # the next run looks at everybody again
