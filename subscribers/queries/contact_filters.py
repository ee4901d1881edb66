"""Which contacts a screen is to show, as a query string says it and as the database is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind
from subscribers.models import Contact, Subscription
from subscribers.queries.search import ids_starting_with
from subscribers.types import SubscriptionState

# So many by each of address, first and last name: a search that finds more wants more letters, not more pages.
MOST_FOUND = 1_000
YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """All as texts, empty where they narrow nothing; the names are those of the query string."""

    q: str = ""
    list: str = ""
    state: str = ""
    provider: str = ""
    paused: str = ""
    suppressed: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """Takes what it understands of a query string and drops the rest."""
        # PostgreSQL refuses NUL in a text, and "²" is a digit that no int has.
        texts = {name: str(given.get(name, "")).replace("\0", "").strip()[:100] for name in cls.names()}
        if not texts["list"].isdecimal():
            texts["list"] = ""
        if texts["state"] not in set(SubscriptionState):
            texts["state"] = ""
        for name in ("paused", "suppressed"):
            texts[name] = YES if texts[name] == YES else ""
        return cls(**texts)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    @property
    def query(self) -> str:
        """The query string that says the same; empty for everybody."""
        return urlencode({name: value for name in self.names() if (value := getattr(self, name))})

    def __bool__(self) -> bool:
        return bool(self.query)


@dataclass(frozen=True, slots=True)
class Found:
    """`is_cut`: the search met more people than it shows."""

    contacts: QuerySet[Contact]
    is_cut: bool = False


def found_contacts(filters: Filters) -> Found:
    """Every filter has an index that finds few, and meets many soon on the way through the newest."""
    contacts = Contact.objects.all()
    is_cut = False
    if filters.q:
        keys, is_cut = ids_starting_with(filters.q, most=MOST_FOUND)
        contacts = contacts.filter(pk__in=keys)
    if filters.list:
        contacts = contacts.filter(
            subscriptions__mailing_list_id=int(filters.list),
            **({"subscriptions__state": filters.state} if filters.state else {}),
        )
    elif filters.state:
        contacts = contacts.filter(Exists(Subscription.objects.filter(contact=OuterRef("pk"), state=filters.state)))
    if filters.provider:
        contacts = contacts.filter(mailbox_provider=filters.provider)
    if filters.paused:
        contacts = contacts.filter(paused_until__gt=timezone.now())
    if filters.suppressed:
        held = live_suppressions(StreamKind.MARKETING).filter(address_key=OuterRef("address_key"))
        contacts = contacts.filter(Exists(held))
    return Found(contacts, is_cut)
