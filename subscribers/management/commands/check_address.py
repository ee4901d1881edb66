"""Judges addresses as imports and the sign-up page do: `manage.py check_address ADDRESS… --json`. Needs no network."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from subscribers.rules.judgement import Judgement, judge_address


class Command(BaseCommand):
    help = "Say whether an address can be written to, and what was meant if it is mistyped. Asks no server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("addresses", nargs="+", metavar="ADDRESS")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one line of JSON for each")

    def run_from_argv(self, argv: list[str]) -> None:
        # "-anna@example.com" is an address, and no option that we know.
        dashed = [word for word in argv[2:] if word.startswith("-") and "@" in word]
        plain = [word for word in argv if word not in dashed]
        super().run_from_argv([*plain, "--", *dashed] if dashed and "--" not in argv else argv)

    def handle(self, *args: Any, **options: Any) -> None:
        for address in options["addresses"]:
            judged = judge_address(address)
            self.stdout.write(_as_json(address, judged) if options["as_json"] else _in_words(address, judged))


def _as_json(address: str, judged: Judgement) -> str:
    facts = {
        "address": address,
        "accepted": judged.accepted,
        "reason": judged.reason,
        "suggestion": judged.suggestion or None,
    }
    # Escaped: an address may hold half a surrogate, which no terminal takes.
    return json.dumps(facts)


def _in_words(address: str, judged: Judgement) -> str:
    meant = f" Did you mean {judged.suggestion}?" if judged.suggestion else ""
    return f"{address}: {'accepted' if judged.accepted else 'refused'}. {judged.reason}{meant}".strip()
