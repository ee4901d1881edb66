"""Says what files would be taken for: `manage.py inspect_import FILE … --json`. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from subscribers.services.imports.inspecting import Inspection, inspect_import


class Command(BaseCommand):
    help = "Say which columns of a file hold addresses, opt-outs and consent, before anything is imported."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one line of JSON for each file")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = False
        for path in options["files"]:
            found = inspect_import(path)
            refused = refused or bool(found.problem)
            text = json.dumps(found.as_json(), ensure_ascii=False) if options["as_json"] else _in_words(found)
            self.stdout.write(text)
        if refused:
            raise SystemExit(1)


def _in_words(found: Inspection) -> str:
    if found.problem:
        return found.problem
    lines = [
        f"{found.file}: {found.source}",
        f"  Addresses: {found.email_column}",
        f"  Say who left: {', '.join(found.optout_columns) or 'no column'}",
        f"  Say who agreed: {', '.join(found.consent_columns) or 'no column'}",
    ]
    return "\n".join([*lines, *(f"  {column} → {meaning}" for column, meaning in found.mapping.items())])
