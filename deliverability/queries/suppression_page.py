"""Suppressions page by page, newest first, and those of one address, which is found by its key even when erased."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key
from deliverability.rules.lifting import LIFTABLE

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class SuppressionPage:
    """`older` and `newer` are ids to go on from, 0 at an end."""

    rows: list[Suppression]
    newer: int
    older: int


@dataclass(frozen=True, slots=True)
class Held:
    """One suppression of an address, for apps that look at people."""

    id: int
    scope: str
    reason: str
    evidence: str
    since: datetime

    @property
    def is_liftable(self) -> bool:
        return self.reason in LIFTABLE


def suppression_page(
    *, address: str = "", reason: str = "", scope: str = "", after: int = 0, before: int = 0
) -> SuppressionPage:
    """Those below the id `after`, or the page that ends above `before`; empty words narrow nothing."""
    found = found_suppressions(address=address, reason=reason, scope=scope)
    if before:
        found = found.filter(id__gt=before).order_by("id")
    elif after:
        found = found.filter(id__lt=after)
    rows = list(found[: ON_A_PAGE + 1])
    has_more = len(rows) > ON_A_PAGE
    rows = rows[:ON_A_PAGE]
    if before:
        rows.reverse()
    has_newer, has_older = (has_more, True) if before else (bool(after), has_more)
    return SuppressionPage(rows, rows[0].pk if has_newer and rows else 0, rows[-1].pk if has_older and rows else 0)


def suppressions_of(key: bytes) -> list[Held]:
    """Everything that holds this address back now."""
    found = Suppression.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), address_key=key)
    columns = ("id", "scope", "reason", "evidence", "created_at")
    return [Held(*row) for row in found.order_by("-created_at").values_list(*columns)]


def every_suppression(*, address: str, reason: str, scope: str) -> Iterator[Suppression]:
    """One after the other from a cursor of the server, however many there are."""
    return found_suppressions(address=address, reason=reason, scope=scope).iterator(chunk_size=2_000)


def found_suppressions(*, address: str, reason: str, scope: str) -> QuerySet[Suppression]:
    found = Suppression.objects.order_by("-id")
    if address:
        found = found.filter(address_key=address_key(address))
    if reason:
        found = found.filter(reason=reason)
    return found.filter(scope=scope) if scope else found
