"""Suppressions page by page, newest first, and those of one address, which is found by its key even when erased."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key, live
from deliverability.rules.lifting import why_not_liftable
from deliverability.types import SuppressionReason

ON_A_PAGE = 50
# Those that hold now, those that are over (lifted, or their time is up), and both.
State = Literal["held", "over", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody looks for; empty words narrow nothing. `target` is the id that STREAM and TOPIC go with."""

    address: str = ""
    reason: str = ""
    scope: str = ""
    target: int = 0
    state: State = "held"


@dataclass(frozen=True, slots=True)
class SuppressionPage:
    """`older` and `newer` are ids to go on from, 0 at an end."""

    rows: list[Suppression]
    newer: int
    older: int


@dataclass(frozen=True, slots=True)
class Held:
    """One suppression that an address has or had, for apps that look at people."""

    id: int
    scope: str
    target: int
    reason: str
    evidence: str
    added_by: str
    since: datetime
    until: datetime | None
    lifted_at: datetime | None
    lifted_by: str
    lifted_why: str
    why_not_liftable: str

    @property
    def is_live(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())


def suppression_page(asked: Asked, *, after: int = 0, before: int = 0) -> SuppressionPage:
    """Those below the id `after`, or the page that ends above `before`."""
    found = found_suppressions(asked)
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
    """Everything that ever held this address back, the newest first; a person has a handful."""
    return [_held(each) for each in Suppression.objects.filter(address_key=key).order_by("-created_at", "-id")]


def every_suppression(asked: Asked) -> Iterator[Suppression]:
    """One after the other from a cursor of the server, however many there are."""
    return found_suppressions(asked).iterator(chunk_size=2_000)


def found_suppressions(asked: Asked) -> QuerySet[Suppression]:
    found = Suppression.objects.order_by("-id")
    if asked.state == "held":
        found = found.filter(live())
    elif asked.state == "over":
        # The first half is what the index promises, so that few are found among many that hold.
        may_be_over = Q(lifted_at__isnull=False) | Q(expires_at__isnull=False)
        found = found.filter(may_be_over, Q(lifted_at__isnull=False) | Q(expires_at__lte=timezone.now()))
    if asked.address:
        found = found.filter(address_key=address_key(asked.address))
    if asked.reason:
        found = found.filter(reason=asked.reason)
    if asked.scope:
        found = found.filter(scope=asked.scope, target=asked.target)
    return found


def _held(each: Suppression) -> Held:
    return Held(
        id=each.pk,
        scope=each.scope,
        target=each.target,
        reason=each.reason,
        evidence=each.evidence,
        added_by=each.added_by,
        since=each.created_at,
        until=each.expires_at,
        lifted_at=each.lifted_at,
        lifted_by=each.lifted_by,
        lifted_why=each.lifted_why,
        why_not_liftable=why_not_liftable(SuppressionReason(each.reason), each.address),
    )
