"""Forgets what its time is over for, or says what that would be."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from subscribers.services.retention import Applied, apply_retention


class Command(BaseCommand):
    help = "Delete what is older than its retention rule; beat does so every night. --dry-run only counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print a line of JSON for each kind")

    def handle(self, *args: Any, **options: Any) -> None:
        applied = apply_retention(dry_run=options["dry_run"])
        for each in applied:
            self.stdout.write(_as_json(each, options["dry_run"]) if options["as_json"] else _in_words(each, options))
        if any(each.error for each in applied):
            raise SystemExit(1)


def _as_json(each: Applied, dry_run: bool) -> str:
    facts = {"kind": each.kind, "days": each.days, "before": each.before.isoformat(), "count": each.count}
    return json.dumps({**facts, "dry_run": dry_run, "error": each.error})


def _in_words(each: Applied, options: dict[str, Any]) -> str:
    name, kept = each.kind.replace("_", " "), f"kept for {each.days:,} days"
    if each.error:
        return f"{name}: nothing was deleted. {each.error}"
    verb = "would be deleted" if options["dry_run"] else "deleted"
    return f"{name}: {each.count:,} {verb}, {kept}"
