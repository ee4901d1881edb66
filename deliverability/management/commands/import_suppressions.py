"""`manage.py import_suppressions FILE --why "…"`: a list of another system, or our own export, holds its addresses."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.permission import SENDWELL
from deliverability.errors import SuppressionRefused
from deliverability.services.suppression_import import import_suppressions
from deliverability.types import Scope, SuppressionReason

_SHOWN = 20


class Command(BaseCommand):
    help = "Suppress every address of a CSV file (UTF-8). Safe to run twice; lifts nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--why", required=True, metavar="TEXT", help='such as: "Exported from Mailchimp on 3 May"')
        parser.add_argument(
            "--reason",
            choices=[reason.value for reason in SuppressionReason],
            default=SuppressionReason.MANUAL.value,
            help="for rows without a reason of their own",
        )
        parser.add_argument(
            "--scope",
            choices=[scope.value for scope in Scope],
            default=Scope.MARKETING.value,
            help="for rows without a scope of their own",
        )
        parser.add_argument("--target", type=int, default=0, metavar="ID", help="of the stream or list")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the result as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = Scope(options["scope"])
        if (scope in (Scope.STREAM, Scope.TOPIC)) != (options["target"] > 0):
            raise CommandError("--target goes with --scope stream and --scope topic, and only with them.")
        try:
            with options["file"].open(encoding="utf-8-sig", errors="replace", newline="") as lines:
                found = import_suppressions(
                    actor=SENDWELL,
                    lines=lines,
                    scope=scope,
                    target=options["target"],
                    reason=SuppressionReason(options["reason"]),
                    why=options["why"],
                )
        except (OSError, SuppressionRefused) as error:
            raise CommandError(str(error)) from None
        if options["as_json"]:
            numbers = {"rows": found.rows, "added": found.added, "standing": found.standing}
            refused = [{"row": one.row, "text": one.text, "why": one.why} for one in found.refused]
            self.stdout.write(json.dumps({**numbers, "refused_rows": found.refused_rows, "refused": refused}))
            return
        self.stdout.write(
            f"{found.rows:,} rows: {found.added:,} newly suppressed, {found.standing:,} were already, "
            f"{found.refused_rows:,} refused."
        )
        for one in found.refused[:_SHOWN]:
            self.stdout.write(f"  Row {one.row}: {one.text} {one.why}")
