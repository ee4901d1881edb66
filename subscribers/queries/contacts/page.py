"""Contacts page by page, newest first, in a handful of queries however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind
from subscribers.models import Contact, Subscription
from subscribers.queries.contacts.filters import Filters, found_contacts
from subscribers.queries.estimates import estimated_found, estimated_rows
from subscribers.queries.segments.asking import room
from subscribers.types import SubscriptionState

ON_A_PAGE = 50
_EXPORT_BLOCK = 2_000
_SECONDS = 10.0
# Below this it costs nothing to count, and a small team expects the number itself.
_COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """`lists` are those that the person is subscribed to, `suppressed` the reason of a suppression that holds."""

    contact: Contact
    lists: list[str] = field(default_factory=list)
    is_pending: bool = False
    suppressed: str = ""

    @property
    def is_paused(self) -> bool:
        return self.contact.paused_until is not None and self.contact.paused_until > timezone.now()


@dataclass(frozen=True, slots=True)
class Total:
    """How many there are: counted, or as the planner estimates."""

    count: int
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class ContactPage:
    """`older` and `newer` are ids to go on from, 0 at an end; `is_cut`: the search met more than it shows."""

    rows: list[Row]
    newer: int
    older: int
    total: Total
    is_cut: bool


def contact_page(filters: Filters, *, after: int = 0, before: int = 0) -> ContactPage:
    """Those below the id `after`, or the page that ends above `before`. Of a segment, raises TookTooLong."""
    if not (filters.segment or filters.without):
        return _page(filters, after, before)
    # Its rules may look at everybody, which needs the memory of a count, and must not hold a screen up for long.
    with room(_SECONDS):
        return _page(filters, after, before)


def every_row(filters: Filters) -> Iterator[Row]:
    """Everybody whom the filters find, newest first, from a cursor of the server; memory holds a block at a time."""
    contacts = found_contacts(filters).contacts.order_by("-id").iterator(chunk_size=_EXPORT_BLOCK)
    while block := list(islice(contacts, _EXPORT_BLOCK)):
        yield from _rows(block)


def _page(filters: Filters, after: int, before: int) -> ContactPage:
    found = found_contacts(filters)
    contacts = found.contacts.order_by("id" if before else "-id")
    if before:
        contacts = contacts.filter(pk__gt=before)
    elif after:
        contacts = contacts.filter(pk__lt=after)
    shown = list(contacts[: ON_A_PAGE + 1])
    has_more = len(shown) > ON_A_PAGE
    shown = shown[:ON_A_PAGE]
    if before:
        shown.reverse()
    has_newer, has_older = (has_more, True) if before else (bool(after), has_more)
    is_whole = not has_newer and not has_older
    return ContactPage(
        _rows(shown),
        newer=shown[0].pk if has_newer and shown else 0,
        older=shown[-1].pk if has_older and shown else 0,
        total=Total(len(shown)) if is_whole else _total(filters, found.contacts),
        is_cut=found.is_cut,
    )


def _total(filters: Filters, contacts: QuerySet[Contact]) -> Total:
    if filters.q:
        # The search knows its people by id; there are never more than it is allowed to find.
        return Total(contacts.count())
    estimate = estimated_found(contacts) if filters else estimated_rows(Contact)
    if estimate >= _COUNTED:
        return Total(estimate, is_estimate=True)
    counted = contacts.order_by()[: _COUNTED + 1].count()
    return Total(counted) if counted <= _COUNTED else Total(max(counted, estimate), is_estimate=True)


def _rows(contacts: Sequence[Contact]) -> list[Row]:
    keys = [contact.pk for contact in contacts]
    lists: dict[int, list[str]] = {key: [] for key in keys}
    pending: set[int] = set()
    standings = Subscription.objects.filter(contact_id__in=keys).exclude(state=SubscriptionState.UNSUBSCRIBED)
    columns = ("contact_id", "state", "mailing_list__name")
    for contact_id, state, name in standings.order_by("mailing_list__name").values_list(*columns):
        if state == SubscriptionState.PENDING:
            pending.add(contact_id)
        else:
            lists[contact_id].append(name)
    held = live_suppressions(StreamKind.MARKETING).filter(address_key__in=[each.address_key for each in contacts])
    reasons = {bytes(key): reason for key, reason in held.values_list("address_key", "reason")}
    return [
        Row(each, lists[each.pk], each.pk in pending, reasons.get(bytes(each.address_key), "")) for each in contacts
    ]
