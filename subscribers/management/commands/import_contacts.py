"""`manage.py import_contacts FILE --list news --consent-source "…"`: a CSV becomes contacts with a permission each."""

import getpass
import json
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from subscribers.errors import SubscribersError
from subscribers.rules.imports.holding import HoldReason
from subscribers.services.imports import ImportOrder, ImportResult, import_contacts
from subscribers.types import Basis


class Command(BaseCommand):
    help = "Import contacts from a CSV file into a list. Safe to run twice; never brings back who has left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", required=True, dest="list_slug", metavar="SLUG")
        parser.add_argument(
            "--create-list", action="store_true", help="make the list even if its slug resembles another"
        )
        parser.add_argument(
            "--consent-source",
            default="",
            metavar="TEXT",
            help="where and when these people agreed, such as: Paper form, trade fair in Lyon, March 2026",
        )
        parser.add_argument("--basis", choices=[basis.value for basis in Basis], default=Basis.EXPRESS.value)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help='what a column holds: email, first_name, … a custom field\'s key, or "ignore"',
        )
        parser.add_argument("--declare-fields", action="store_true", help="keep unknown columns as new custom fields")
        parser.add_argument("--rejects", type=Path, metavar="PATH", help="where to write the rows that were rejected")
        parser.add_argument("--encoding", help="instead of guessing: utf-8, windows-1252, utf-16, …")
        parser.add_argument("--delimiter", help='instead of guessing: "," ";" "|" or "tab"')
        parser.add_argument(
            "--hold",
            action="append",
            default=[],
            choices=[reason.value for reason in HoldReason],
            help="hold such rows for review under Imports; may be given more than once",
        )
        parser.add_argument("--dry-run", action="store_true", help="read, check and count everything, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the result as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        order = _order(options)
        try:
            with ExitStack() as stack:
                bar = _Bar(stack) if not options["as_json"] and self.stdout.isatty() else None
                result = import_contacts(order=order, progress=bar or _silent)
        except SubscribersError as error:
            if options["as_json"]:
                self.stdout.write(json.dumps({"error": str(error), "file": str(order.path)}))
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(result.as_json()) if options["as_json"] else _in_words(result))


def _order(options: dict[str, Any]) -> ImportOrder:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(options["delimiter"], options["delimiter"])
    if delimiter and len(delimiter) != 1:
        raise CommandError('A delimiter is one character, or "tab".')
    return ImportOrder(
        path=options["file"],
        list_slug=options["list_slug"],
        consent_source=options["consent_source"],
        actor=f"{getpass.getuser()}, command line",
        basis=Basis(options["basis"]),
        mapping=dict(map(_pair, options["map"])),
        rejects_path=options["rejects"],
        encoding=options["encoding"],
        delimiter=delimiter,
        declare_fields=options["declare_fields"],
        create_list=options["create_list"],
        dry_run=options["dry_run"],
        held=[HoldReason(reason) for reason in options["hold"]],
    )


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals or not column or not field:
        raise CommandError(f'--map "{text}" names no column and field. Write it as --map "Column=field".')
    return column.strip(), field.strip()


def _silent(phase: str, done: int, total: int) -> None:
    pass


class _Bar:
    """A bar for reading the file and one for writing the people, each with the time left."""

    def __init__(self, stack: ExitStack) -> None:
        columns = (TextColumn("{task.description:8}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bars = stack.enter_context(Progress(*columns, console=Console(stderr=True)))
        self._tasks: dict[str, Any] = {}

    def __call__(self, phase: str, done: int, total: int) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._bars.add_task(phase.capitalize(), total=total)
        self._bars.update(self._tasks[phase], completed=done)


def _in_words(result: ImportResult) -> str:
    tally = result.tally
    contacts = f"{tally.created:,} contacts created, {tally.updated:,} updated, {tally.unchanged:,} known and unchanged"
    standings = f"{tally.subscribed:,} newly subscribed, {tally.subscribed_before:,} were already"
    lines = [
        f"{tally.rows:,} rows read in {result.seconds:.1f} s: {contacts}.",
        f'{"New list" if result.is_new_list else "List"} "{result.mailing_list}": {standings}.',
    ]
    if result.dry_run:
        lines.insert(0, "This would happen; nothing was changed.")
    if result.resumed:
        lines.insert(0, "An earlier attempt was cut off; this one went on where it stopped. The numbers are of both.")
    if tally.opted_out:
        lines.append(f"{tally.opted_out:,} have left by the file's own columns and are recorded as unsubscribed.")
    if tally.kept_out:
        lines.append(f"{tally.kept_out:,} were kept out, as they left before or never agreed: {result.kept_out_path}")
    if tally.engaged:
        lines.append(f"{tally.engaged:,} of them opened or clicked in the last 90 days, by the file: they go first.")
    if tally.held:
        lines.append(f"{tally.held:,} rows are held for review: see them under Imports.")
    if tally.duplicates:
        lines.append(f"{tally.duplicates:,} rows repeat an address; the last row of each counted.")
    if tally.rejected:
        lines.append(f"{tally.rejected:,} rows were rejected; see why, mend and import them: {result.rejects_path}")
    if result.left_out_path:
        lines.append(f"Some cells could not be read and were left out: {result.left_out_path}")
    if result.declared_fields:
        lines.append(f"New custom fields: {', '.join(result.declared_fields)}.")
    if result.ignored_columns:
        columns = ", ".join(f'"{name}"' for name in result.ignored_columns)
        lines.append(f"Columns ignored: {columns}. To keep one, map it with --map or add --declare-fields.")
    return "\n".join(lines)
