"""Says of each file with a mail in it whom it is about and what became of their mail."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deliverability.rules.bounces import Finding, read_bounce


class Command(BaseCommand):
    help = "Read bounces, complaints and auto-replies from files, or one from standard input (-). No database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a mail as it arrived; - is standard input")
        parser.add_argument("--json", action="store_true", help='a line {"file": …, "results": […]} for each')

    def handle(self, *args: Any, **options: Any) -> None:
        for file in options["files"]:
            findings = read_bounce(_content(file))
            sys.stdout.write((_as_json if options["json"] else _as_text)(file, findings) + "\n")


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise CommandError(
            f"{file} could not be read: {error.strerror}. What stands above is complete; check the name."
        ) from error


def _as_json(file: str, findings: list[Finding]) -> str:
    results = [{"recipient": one.recipient, "class": _class(one), "status": one.status} for one in findings]
    return json.dumps({"file": file, "results": results}, ensure_ascii=False)


def _as_text(file: str, findings: list[Finding]) -> str:
    if not findings:
        return f"{file}: no bounce, no complaint, no auto-reply"
    return "\n".join(f"{file}: {_class(one)} {one.status} {one.recipient or '(hidden)'}" for one in findings)


def _class(finding: Finding) -> str:
    return "other" if finding.kind == "delivered" else finding.kind
