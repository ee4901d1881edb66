"""Imports a file of contacts into a list, from the first look at its bytes to the last entry in the ledger."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError
from django.db import transaction

from subscribers import conf
from subscribers.errors import ImportRefused, ImportStopped
from subscribers.models import CustomField, ImportRun, MailingList
from subscribers.rules.imports.mapping import ColumnPlan, MappingRefused, plan_columns
from subscribers.rules.imports.rows import RowReader
from subscribers.rules.imports.statements import why_refused
from subscribers.services.imports.opening import SourceFile, open_source
from subscribers.services.imports.reports import Reports, open_reports
from subscribers.services.imports.results import ImportResult, Tally
from subscribers.services.imports.runs import begin_run, fail_run, finish_run, sole_import, tally_of
from subscribers.services.imports.staging import staged_people
from subscribers.services.imports.writing import CHUNK, Chunk, Statement, count_people, place_behind, write_chunk
from subscribers.types import Basis

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """What a person asks for. `mapping`: column → field, custom field key or "ignore"; `actor` goes into the ledger."""

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


def import_contacts(*, order: ImportOrder, progress: Progress = lambda phase, done, total: None) -> ImportResult:
    """Import a CSV. May run twice: what is there already stays, and who has left stays away.

    `progress` gets the phase ("reading" in bytes, "writing" in people), how far it is, and of how much.
    Raises ImportRefused before anything is changed, ImportStopped where a second run goes on.
    """
    started = time.monotonic()
    if refusal := why_refused(order.consent_source):
        raise ImportRefused(f"{refusal} Nothing was imported.")
    source = open_source(order.path, encoding=order.encoding, delimiter=order.delimiter)
    plan = _plan(order, source)
    mailing_list = _find_list(order)
    try:
        with sole_import(mailing_list.pk, source.sha256):
            return _import_source(order, source, plan, mailing_list, progress, started)
    except (DatabaseError, psycopg.Error) as error:
        raise ImportStopped(
            f"The database stopped the import: {str(error).strip()}. What was written stays. Once the database is "
            "well, run the same command again: it goes on where it stopped."
        ) from error


def _plan(order: ImportOrder, source: SourceFile) -> ColumnPlan:
    declared = dict(CustomField.objects.values_list("key", "label"))
    try:
        return plan_columns(
            source.header, source.sample, explicit=order.mapping, declared=declared, declare=order.declare_fields
        )
    except MappingRefused as refused:
        raise ImportRefused(f"{source.path.name}: {refused}") from None


def _find_list(order: ImportOrder) -> MailingList:
    found = MailingList.objects.filter(slug=order.list_slug).first()
    if found:
        return found
    if not order.create_list:
        known = ", ".join(MailingList.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        raise ImportRefused(
            f'There is no list "{order.list_slug}". Lists are: {known}. Nothing was imported. '
            "Name one of them, or add --create-list to make this one."
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
    return fresh


def _import_source(
    order: ImportOrder,
    source: SourceFile,
    plan: ColumnPlan,
    mailing_list: MailingList,
    progress: Progress,
    started: float,
) -> ImportResult:
    run = None if order.dry_run else _begin(order, source, plan, mailing_list)
    resumed = bool(run and run.position)
    reports = None
    try:
        reports = open_reports(_rejects_path(order, source), position=run.position if run else "")
        tally = _stage_and_write(order, source, plan, mailing_list, progress, run, reports)
    except BaseException as error:
        if run:
            fail_run(run, error)
        raise
    finally:
        if reports:
            reports.close()
    if run:
        finish_run(run)
    return ImportResult(
        tally=tally,
        mailing_list=order.list_slug,
        rejects_path=reports.rejects.path,
        kept_out_path=reports.kept_out.path,
        left_out_path=reports.left_out.path,
        ignored_columns=plan.ignored,
        declared_fields=tuple(plan.new_fields),
        mapping=plan.as_json(),
        encoding=source.encoding,
        delimiter=source.dialect.delimiter,
        seconds=time.monotonic() - started,
        resumed=resumed,
        dry_run=order.dry_run,
    )


def _begin(order: ImportOrder, source: SourceFile, plan: ColumnPlan, mailing_list: MailingList) -> ImportRun:
    with transaction.atomic():
        for key, label in plan.new_fields.items():
            CustomField.objects.get_or_create(key=key, defaults={"label": label[:100]})
        return begin_run(
            file_name=source.path.name[:255],
            file_sha256=source.sha256,
            mailing_list=mailing_list,
            consent_source=order.consent_source[:500],
            basis=order.basis.value,
            mapping=plan.as_json(),
        )


def _rejects_path(order: ImportOrder, source: SourceFile) -> Path:
    if order.rejects_path:
        return order.rejects_path
    rehearsal = "-dry-run" if order.dry_run else ""
    name = f"{source.path.stem[:80]}-{source.sha256[:8]}-{order.list_slug}{rehearsal}-rejects.csv"
    return conf.imports_folder() / name


def _stage_and_write(
    order: ImportOrder,
    source: SourceFile,
    plan: ColumnPlan,
    mailing_list: MailingList,
    progress: Progress,
    run: ImportRun | None,
    reports: Reports,
) -> Tally:
    kinds = dict(CustomField.objects.values_list("key", "kind")) | dict.fromkeys(plan.new_fields, "text")
    statement = Statement(
        mailing_list_id=mailing_list.pk,
        basis=order.basis,
        source=f"Import of {source.path.name}: {order.consent_source}"[:500],
        actor=order.actor[:200],
    )

    def read_so_far(done: int) -> None:
        progress("reading", done, source.size)

    reader = RowReader(plan, kinds)
    with staged_people(source, reader, reports.rejects, reports.left_out, read_so_far) as tally:
        if run:
            run.rows, run.rejected, run.duplicates = tally.rows, tally.rejected, tally.duplicates
            run.rejects_path = reports.rejects.path[:500]
            run.save(update_fields=["rows", "rejected", "duplicates", "rejects_path"])
        total = count_people()
        for after in range(place_behind(run.position) if run else 0, total, CHUNK):
            chunk = Chunk(after, min(after + CHUNK, total))
            tally.add(write_chunk(chunk, statement, reports.kept_out, run))
            progress("writing", chunk.upto, total)
    return tally_of(run) if run else tally
