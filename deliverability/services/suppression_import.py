"""Takes over a suppression list from a file: everybody in it is held, nobody is let go."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from accounts.services.audit import record
from accounts.types import Actor
from deliverability.errors import SuppressionRefused
from deliverability.rules.suppression_files import RowRefused, read_suppressions
from deliverability.services.suppression import suppress_many
from deliverability.services.suppression_by_hand import require_keeper
from deliverability.types import NewSuppression, Scope, SuppressionReason

_MOST_REFUSED = 1_000


@dataclass(slots=True)
class SuppressionImport:
    """What became of a file: `refused` are the first thousand of `refused_rows`."""

    rows: int = 0
    added: int = 0
    refused_rows: int = 0
    refused: list[RowRefused] = field(default_factory=list)

    @property
    def standing(self) -> int:
        """Held before for the same reason, or twice in the file."""
        return self.rows - self.added - self.refused_rows


def import_suppressions(
    *, actor: Actor, lines: Iterable[str], scope: Scope, reason: SuppressionReason, why: str, target: int = 0
) -> SuppressionImport:
    """Hold every address of a CSV; columns of the file go before `scope` and `reason`. All of it or nothing.

    Memory holds some thousands of rows at a time. Raises SuppressionRefused for a file without addresses, and
    PermissionRefused.
    """
    require_keeper(actor)
    if not why.strip():
        raise SuppressionRefused("Say where this list comes from. Nothing was imported.")
    found = SuppressionImport()
    otherwise = NewSuppression("", scope, reason, why.strip(), target, str(actor))
    with transaction.atomic():
        try:
            found.added = suppress_many(_accepted(read_suppressions(lines, otherwise=otherwise), found))
        except csv.Error as error:
            raise SuppressionRefused(f"Row {found.rows + 1} is no CSV ({error}), so nothing was imported.") from None
        if found.rows == found.refused_rows:
            first = f" Row {found.refused[0].row}: {found.refused[0].why}" if found.refused else ""
            raise SuppressionRefused(f"The file holds no address, so nothing was imported.{first}")
        record(actor=actor, text=f"Imported {found.added:,} suppressions of {found.rows:,} rows: {why.strip()}")
    return found


def _accepted(read: Iterable[NewSuppression | RowRefused], found: SuppressionImport) -> Iterator[NewSuppression]:
    for each in read:
        found.rows += 1
        if isinstance(each, NewSuppression):
            yield each
            continue
        found.refused_rows += 1
        if len(found.refused) < _MOST_REFUSED:
            found.refused.append(each)
