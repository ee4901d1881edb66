"""Checks mails outside the product: in an editor, in a pipeline. Needs no database."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from templates_app.services.linting import RULES, Envelope, Finding, Severity, Unreadable, lint_file


class Command(BaseCommand):
    help = "Says what in HTML or MJML mails some program, person or filter will not forgive. Ends with 1 on errors."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one line of JSON per file, and never an error's code")
        parser.add_argument("--transactional", action="store_true", help="somebody waits for it, so it needs no footer")

        parser.add_argument("--subject", help="checks what the inbox shows, too: with the next three")
        parser.add_argument("--preheader", default="")
        parser.add_argument("--from-name", default="")
        parser.add_argument("--from-email", default="")

    def handle(self, *, files: list[Path], transactional: bool, **options: Any) -> None:
        errors = 0
        envelope = _envelope(options)
        for path in files:
            try:
                findings = lint_file(path=path, envelope=envelope, is_marketing=not transactional)
            except Unreadable as problem:
                raise CommandError(str(problem)) from problem
            errors += sum(one.severity is Severity.ERROR for one in findings)
            show = self._print_json if options["json"] else self._print
            show(path, findings)
        if errors and not options["json"]:
            raise CommandError(f"{errors} errors. Each would block sending.")

    def _print_json(self, path: Path, findings: list[Finding]) -> None:
        self.stdout.write(json.dumps({"file": str(path), "findings": [asdict(one) for one in findings]}))

    def _print(self, path: Path, findings: list[Finding]) -> None:
        for one in findings:
            place = f"{path}:{one.line}" if one.line else str(path)
            self.stdout.write(f"{place}: {one.severity}: {one.message} {RULES[one.id].why} [{one.feature or one.id}]")
        if not findings:
            self.stdout.write(f"{path}: nothing to mind")


def _envelope(options: dict[str, Any]) -> Envelope | None:
    if options["subject"] is None:
        return None
    names = ("subject", "preheader", "from_name", "from_email")
    return Envelope(**{name: options[name] for name in names})
