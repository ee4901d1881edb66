"""Says of each user agent, one a line on standard input, whether a person, a proxy or a machine sends it."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deliverability.rules.agents import classify_agent


class Command(BaseCommand):
    help = "Read user agents from standard input, one a line, and say of each: human, proxy or machine. No database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help='a line {"agent": …, "kind": …} for each')

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        for raw in sys.stdin.buffer:
            agent = raw.decode(errors="replace").rstrip("\r\n")
            kind = classify_agent(agent).name.lower()
            sys.stdout.write((_as_json(agent, kind) if as_json else f"{kind}\t{agent}") + "\n")


def _as_json(agent: str, kind: str) -> str:
    return json.dumps({"agent": agent, "kind": kind}, ensure_ascii=False)
