"""Imports a file of contacts into a list, from the first look at its bytes to the last entry in the ledger."""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import psycopg
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError
from django.db import transaction

from subscribers import conf
from subscribers.errors import ImportHalted, ImportRefused, ImportStopped
from subscribers.models import CustomField, ImportRun, MailingList
from subscribers.rules.imports.headers import Field
from subscribers.rules.imports.holding import HoldReason
from subscribers.rules.imports.mapping import ColumnPlan, MappingRefused, plan_columns
from subscribers.rules.imports.rows import RowReader
from subscribers.rules.imports.statements import why_refused
from subscribers.services.imports.holding import Holding
from subscribers.services.imports.opening import SourceFile, open_source
from subscribers.services.imports.reports import Reports, open_reports
from subscribers.services.imports.results import ImportResult, Tally
from subscribers.services.imports.runs import begin_run, fail_run, finish_run, halt_if_asked, sole_import, tally_of
from subscribers.services.imports.staging import staged_people
from subscribers.services.imports.unpacking import as_text
from subscribers.services.imports.verdicts import Chunk, Statement
from subscribers.services.imports.writing import CHUNK, count_people, place_behind, write_chunk
from subscribers.types import Basis

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """What a person asks for. `mapping`: column → field, custom field key or "ignore"; `actor` goes into the ledger.

    Rows for which a reason of `held` speaks are left for review. `run_id` names the row that stands for it already,
    where there is one; `patience` is how many seconds to wait for another process that imports the same.
    """

    path: Path
    list_slug: str
    consent_source: str
    actor: str
    basis: Basis = Basis.EXPRESS
    mapping: Mapping[str, str] = field(default_factory=dict)
    rejects_path: Path | None = None
    encoding: str | None = None
    delimiter: str | None = None
    declare_fields: bool = False
    create_list: bool = False
    dry_run: bool = False
    held: Collection[HoldReason] = ()
    run_id: int | None = None
    patience: float = 10


def import_contacts(*, order: ImportOrder, progress: Progress = lambda phase, done, total: None) -> ImportResult:
    """Import a table, a workbook, or an archive of either. May run twice.

    What is there already stays, and who has left stays away.

    `progress` gets the phase ("reading" in bytes, "writing" in people), how far it is, and of how much.
    Raises ImportRefused before anything is changed, ImportUnderWay among them; ImportStopped where a second run goes
    on; ImportHalted when a person pauses or cancels it.
    """
    started = time.monotonic()
    if refusal := why_refused(order.consent_source):
        raise ImportRefused(f"{refusal} Nothing was imported.")
    with as_text(order.path, encoding=order.encoding, delimiter=order.delimiter) as path:
        if path != order.path:
            # What was made of a workbook or an archive is written in one way only.
            order = replace(order, encoding=None, delimiter=None)
        return _import_text(order, path, progress, started)


def _import_text(order: ImportOrder, path: Path, progress: Progress, started: float) -> ImportResult:
    source = open_source(path, encoding=order.encoding, delimiter=order.delimiter)
    plan = _plan(order, source)
    mailing_list, is_new_list = _find_list(order)
    attempt = _Attempt(order, source, plan, mailing_list, is_new_list, progress, started)
    try:
        with sole_import(attempt.mailing_list.pk, source.sha256, order.patience):
            return _run(attempt)
    except (DatabaseError, psycopg.Error) as error:
        raise ImportStopped(
            f"The database stopped the import: {str(error).strip()}. What was written stays. Once the database is "
            "well, start the same import again: it goes on where it stopped."
        ) from error


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try at one file: what was asked, what the file turned out to be, and where it goes."""

    order: ImportOrder
    source: SourceFile
    plan: ColumnPlan
    mailing_list: MailingList
    is_new_list: bool
    progress: Progress
    started: float

    @property
    def rejects_path(self) -> Path:
        if self.order.rejects_path:
            return self.order.rejects_path
        rehearsal = "-dry-run" if self.order.dry_run else ""
        name = f"{self.source.path.stem[:80]}-{self.source.sha256[:8]}-{self.order.list_slug}{rehearsal}-rejects.csv"
        return conf.imports_folder() / name

    def result(self, tally: Tally, reports: Reports, *, resumed: bool) -> ImportResult:
        return ImportResult(
            tally=tally,
            mailing_list=self.order.list_slug,
            is_new_list=self.is_new_list,
            rejects_path=reports.rejects.path,
            kept_out_path=reports.kept_out.path,
            left_out_path=reports.left_out.path,
            ignored_columns=self.plan.ignored,
            declared_fields=tuple(self.plan.new_fields),
            mapping=self.plan.as_json(),
            encoding=self.source.encoding,
            delimiter=self.source.dialect.delimiter,
            seconds=time.monotonic() - self.started,
            resumed=resumed,
            dry_run=self.order.dry_run,
        )


def _plan(order: ImportOrder, source: SourceFile) -> ColumnPlan:
    declared = dict(CustomField.offered.values_list("key", "label"))
    try:
        return plan_columns(
            source.header, source.sample, explicit=order.mapping, declared=declared, declare=order.declare_fields
        )
    except MappingRefused as refused:
        raise ImportRefused(f"{source.path.name}: {refused}") from None


def _find_list(order: ImportOrder) -> tuple[MailingList, bool]:
    """The list, and whether it is new. A name that looks like a slip of an existing one makes no list by itself."""
    found = MailingList.objects.filter(slug=order.list_slug).first()
    if found:
        return found, False
    known = MailingList.objects.order_by("slug").values_list("slug", flat=True)[:500]
    if not order.create_list and (meant := get_close_matches(order.list_slug, known, n=1, cutoff=0.75)):
        raise ImportRefused(
            f'There is no list "{order.list_slug}". Did you mean "{meant[0]}"? Nothing was imported. '
            "Name that one, or add --create-list to make a new one of this name."
        )
    fresh = MailingList(slug=order.list_slug, name=order.list_slug.replace("-", " ").capitalize())
    try:
        fresh.clean_fields(exclude=["id"])
    except ValidationError as error:
        raise ImportRefused(f'"{order.list_slug}" cannot name a list: {" ".join(error.messages)}') from None
    # A rehearsal makes no list: its rows name one that is not there, and are rolled back before anybody checks.
    if order.dry_run:
        fresh.pk = 0
    else:
        fresh.save()
    return fresh, True


def _run(attempt: _Attempt) -> ImportResult:
    run = None if attempt.order.dry_run else _begin(attempt)
    position = run.position if run else ""
    try:
        with closing(open_reports(attempt.rejects_path, position=position)) as reports:
            tally = _stage_and_write(attempt, reports, run)
    except ImportHalted:
        raise
    except BaseException as error:
        if run:
            fail_run(run, error)
        raise
    if run:
        finish_run(run)
    return attempt.result(tally, reports, resumed=bool(position))


def _begin(attempt: _Attempt) -> ImportRun:
    order = attempt.order
    with transaction.atomic():
        for key, label in attempt.plan.new_fields.items():
            CustomField.objects.get_or_create(key=key, defaults={"label": label[:100]})
        return begin_run(
            order.run_id,
            file_name=order.path.name[:255],
            file_sha256=attempt.source.sha256,
            mailing_list=attempt.mailing_list,
            consent_source=order.consent_source[:500],
            basis=order.basis.value,
            mapping=list(attempt.plan.as_json().items()),
        )


def _stage_and_write(attempt: _Attempt, reports: Reports, run: ImportRun | None) -> Tally:
    fields = CustomField.objects.values_list("key", "kind", "options")
    kinds = {key: kind for key, kind, _ in fields}
    kinds = dict.fromkeys(attempt.plan.new_fields, "text") | kinds
    reader = RowReader(attempt.plan, kinds, attempt.order.held, options={key: given for key, _, given in fields})
    column = attempt.plan.header[attempt.plan.indexes_of(Field.EMAIL)[0]]
    holding = Holding(attempt.order.held, run, column, run.position if run else "")

    def go_on(done: int) -> None:
        if run:
            halt_if_asked(run)
        attempt.progress("reading", done, attempt.source.size)

    with staged_people(attempt.source, reader, reports.rejects, reports.left_out, holding, go_on) as tally:
        if run:
            run.rows, run.rejected, run.duplicates, run.held = tally.rows, tally.rejected, tally.duplicates, tally.held
            run.rejects_path = reports.rejects.path[:500]
            run.save(update_fields=["rows", "rejected", "duplicates", "held", "rejects_path"])
        _write(attempt, reports, run, tally)
    return tally_of(run) if run else tally


def _write(attempt: _Attempt, reports: Reports, run: ImportRun | None, tally: Tally) -> None:
    order = attempt.order
    statement = Statement(
        mailing_list_id=attempt.mailing_list.pk,
        basis=order.basis,
        source=f"Import of {order.path.name}: {order.consent_source}"[:500],
        actor=order.actor[:200],
    )
    total = count_people()
    for after in range(place_behind(run.position) if run else 0, total, CHUNK):
        if run:
            halt_if_asked(run)
        chunk = Chunk(after, min(after + CHUNK, total))
        tally.add(write_chunk(chunk, statement, reports.kept_out, run))
        attempt.progress("writing", chunk.upto, total)
