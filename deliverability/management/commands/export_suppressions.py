"""`manage.py export_suppressions > FILE`: suppressions as a CSV that import_suppressions reads again."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deliverability.queries.suppression_export import export_lines
from deliverability.queries.suppression_page import Asked
from deliverability.types import Scope, SuppressionReason


class Command(BaseCommand):
    help = "Write suppressions to standard output as CSV; those that hold now, unless told otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", choices=[reason.value for reason in SuppressionReason], default="")
        parser.add_argument("--scope", choices=[scope.value for scope in Scope], default="")
        parser.add_argument("--target", type=int, default=0, metavar="ID", help="of the stream or list")
        parser.add_argument("--state", choices=["held", "over", "all"], default="held")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(
            reason=options["reason"], scope=options["scope"], target=options["target"], state=options["state"]
        )
        # Addresses may be written in any script, whatever the terminal's locale says.
        for line in export_lines(asked):
            sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
