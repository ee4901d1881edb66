"""Which contacts a screen is to show, as a query string says it and as the database is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind
from subscribers.models import Contact, Subscription
from subscribers.queries.contacts.search import ids_starting_with
from subscribers.queries.segments import segment_sql
from subscribers.rules.segments.tree import AllOf, Not, Rule, SegmentRule
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
    segment: str = ""
    without: str = ""

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
        for name in ("segment", "without"):
            texts[name] = ",".join(map(str, _ids(texts[name])))
        return cls(**texts)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    @property
    def query(self) -> str:
        """The query string that says the same; empty for everybody."""
        return urlencode({name: value for name in self.names() if (value := getattr(self, name))})

    @property
    def segments(self) -> tuple[int, ...]:
        """Segments in all of which people must be."""
        return _ids(self.segment)

    @property
    def others(self) -> tuple[int, ...]:
        """Segments in none of which they may be."""
        return _ids(self.without)

    def __bool__(self) -> bool:
        return bool(self.query)


@dataclass(frozen=True, slots=True)
class Found:
    """`is_cut`: the search met more people than it shows."""

    contacts: QuerySet[Contact]
    is_cut: bool = False


def found_contacts(filters: Filters) -> Found:
    """Every filter has an index that finds few, and meets many soon on the way through the newest; segments do as
    their rules can. Raises SegmentGone, RulesRefused."""
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
    if filters.segment or filters.without:
        contacts = contacts.filter(pk__in=RawSQL(*segment_sql(_rule(filters), timezone.now())))  # noqa: S611  ours
    return Found(contacts, is_cut)


def _rule(filters: Filters) -> Rule:
    """One rule, so that a segment that people must not be in becomes an anti join, too."""
    within = (SegmentRule(key) for key in filters.segments)
    return AllOf((*within, *(Not(SegmentRule(key)) for key in filters.others)))


def _ids(text: str) -> tuple[int, ...]:
    """Of `12,7`; at most three, as the comparison of segments knows."""
    parts = text.split(",")[:3]
    return tuple(int(part) for part in parts if part.isdecimal() and part.isascii() and len(part) < 19)
