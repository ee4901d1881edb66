"""Decides on rows that an import held: they go the way of every other row, with the same statement, or stay out."""

import csv
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from io import StringIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_keys
from subscribers.errors import ImportRefused
from subscribers.models import HeldRow, ImportRun
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.imports.holding import Decision, HoldReason, decisions_for
from subscribers.rules.judgement import judge_address
from subscribers.services.imports.reports import Line
from subscribers.services.imports.runs import sole_import, tally_of
from subscribers.services.imports.staging import review_people
from subscribers.services.imports.verdicts import Chunk, Statement
from subscribers.services.imports.writing import CHUNK, write_chunk
from subscribers.types import Basis

_OPEN_TO_REVIEW = (ImportRun.State.FINISHED, ImportRun.State.CANCELLED, ImportRun.State.FAILED)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """`decided` rows; of the people in them, `subscribed` are newly so, and `kept_out` has the row and why of others.

    `left` rows were asked for too, and are still open: no more than ten thousand go at once.
    """

    decided: int = 0
    subscribed: int = 0
    kept_out: list[Line] = field(default_factory=list)
    left: int = 0


class _Lines(list[Line]):
    def write(self, lines: Sequence[Line]) -> None:
        self.extend(lines)


def decide_held(
    *, actor: Actor, run_id: int, decision: Decision, reason: str = "", row_ids: Collection[int] | None = None
) -> Reviewed:
    """Decide on these open rows, or on all that are held for `reason`, in one transaction.

    Rows whose reason does not allow the decision are left alone. Raises ImportRefused, PermissionRefused.
    """
    require(actor, "subscribers.import")
    run = ImportRun.objects.get(pk=run_id)
    list_id = _open_list(run)
    with sole_import(list_id, run.file_sha256, 2), transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        # It can have been undone while we waited for the lock.
        _open_list(run)
        asked = _asked(run, decision, reason, row_ids)
        rows = list(asked.order_by("row").select_for_update()[:CHUNK])
        done = _import(run, rows, actor, decision) if decision != Decision.REJECT else Reviewed()
        state = HeldRow.State.REJECTED if decision == Decision.REJECT else HeldRow.State.IMPORTED
        HeldRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=state, decided_by=str(actor)[:200], decided_at=timezone.now()
        )
        return Reviewed(len(rows), done.subscribed, done.kept_out, asked.count())


def _open_list(run: ImportRun) -> int:
    """The list that its held rows can still go to. Raises ImportRefused."""
    if run.state not in _OPEN_TO_REVIEW or run.mailing_list_id is None:
        raise ImportRefused(
            "Held rows wait until the import is through, and nothing more is imported from one that was undone. "
            "Nothing was changed."
        )
    return run.mailing_list_id


def _asked(run: ImportRun, decision: Decision, reason: str, row_ids: Collection[int] | None) -> QuerySet[HeldRow]:
    rows = HeldRow.objects.filter(run=run, state=HeldRow.State.OPEN)
    if reason:
        rows = rows.filter(reason=reason)
    if row_ids is not None:
        rows = rows.filter(pk__in=row_ids)
    policy = permission_policy()
    return rows.filter(reason__in=[each for each in HoldReason if decision in decisions_for(each, policy)])


def _import(run: ImportRun, rows: list[HeldRow], actor: Actor, decision: Decision) -> Reviewed:
    if not rows or run.mailing_list_id is None:
        return Reviewed()
    kept_out = _Lines()
    before = tally_of(run)
    statement = Statement(
        mailing_list_id=run.mailing_list_id,
        basis=Basis(run.basis),
        source=f"Import of {run.file_name}: {run.consent_source}"[:500],
        actor=f"{actor}, after review"[:200],
    )
    with review_people(_as_csv(rows, mend=decision == Decision.MEND)) as people:
        write_chunk(Chunk(0, people), statement, kept_out, run, moves_on=False)
    # Every row of the file stays accounted for.
    run.held, run.duplicates = run.held - len(rows), run.duplicates + len(rows) - people
    run.save(update_fields=["held", "duplicates"])
    return Reviewed(len(rows), tally_of(run).subscribed - before.subscribed, kept_out)


def _as_csv(rows: list[HeldRow], *, mend: bool) -> str:
    """Rows as the staging table takes them; an address is mended where a suggestion for it stands."""
    emails = [(judge_address(row.email).suggestion if mend else "") or row.email for row in rows]
    text = StringIO()
    csv.writer(text).writerows(
        (
            row.row,
            email,
            *(row.person[name] for name in ("first_name", "last_name", "locale", "time_zone", "country")),
            json.dumps(row.person["attributes"]),
            row.person["permission"],
            row.person["since"],
            row.person["engaged_at"],
            "",
            "",
            "\\x" + key.hex(),
            mailbox_provider_of(email),
        )
        for row, email, key in zip(rows, emails, address_keys(emails), strict=True)
    )
    return text.getvalue()
