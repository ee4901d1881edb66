"""Rows that imports held for review, reason by reason and page by page."""

from dataclasses import dataclass

from django.db.models import Count

from subscribers.models import HeldRow
from subscribers.rules.imports.holding import HoldReason
from subscribers.rules.judgement import judge_address

ON_A_PAGE = 50
_WHY = {
    HoldReason.UNSTATED: "Its own column leaves open whether they agreed. Imported, they are a contact without mail.",
    HoldReason.BOUNCED: "Mail to it came back before, so it is suppressed and gets none.",
    HoldReason.DEAD_DOMAIN: "DNS names no server that takes mail for its domain.",
    HoldReason.CONFLICT: "Another row has the same address and another name.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One row; `why` and `suggestion` in words, `name` as the row has it."""

    id: int
    row: int
    column: str
    value: str
    name: str
    why: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class HeldPage:
    """`older` is the row to go on from, 0 at the end."""

    rows: list[Held]
    older: int


def open_by_reason(run_id: int) -> list[tuple[HoldReason, int]]:
    """How many rows of the import still wait, in the order of the reasons."""
    counted = HeldRow.objects.filter(run=run_id, state=HeldRow.State.OPEN).values_list("reason").annotate(Count("id"))
    found = dict(counted)
    return [(reason, found[reason.value]) for reason in HoldReason if reason.value in found]


def held_page(run_id: int, reason: HoldReason, *, after: int = 0) -> HeldPage:
    """Open rows held for this reason, from behind the row `after` of the sheet."""
    waiting = HeldRow.objects.filter(run=run_id, state=HeldRow.State.OPEN, reason=reason, row__gt=after)
    found = list(waiting.order_by("row")[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    return HeldPage([_held(row) for row in shown], shown[-1].row if len(found) > ON_A_PAGE else 0)


def _held(row: HeldRow) -> Held:
    judged = judge_address(row.email)
    name = f"{row.person.get('first_name', '')} {row.person.get('last_name', '')}".strip()
    why = _WHY.get(HoldReason(row.reason)) or judged.reason
    return Held(row.pk, row.row, row.column, row.value, name, why, judged.suggestion)
