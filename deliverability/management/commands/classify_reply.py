"""Says what an SMTP reply means and what Sendwell does about it, by the table that judges replies in a session."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deliverability.rules.bounces import class_of
from deliverability.rules.replies import classify_reply, matching_rule, split_reply


class Command(BaseCommand):
    help = (
        'Judge SMTP replies such as "550 5.1.1 User unknown"; without any, one a line from standard input. No database.'
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("replies", nargs="*", metavar="REPLY")
        parser.add_argument("--provider", default="", help="the mailbox provider, such as google or microsoft")
        parser.add_argument("--json", action="store_true", help='a line {"reply": …, "class": …, "kind": …} for each')

    def handle(self, *args: Any, **options: Any) -> None:
        for reply in options["replies"] or (line.decode(errors="replace").rstrip("\r\n") for line in sys.stdin.buffer):
            verdict = judged(reply, options["provider"])
            words = f"{verdict['class']}\t{verdict['action']}\t{verdict['rule']}\t{reply}"
            sys.stdout.write((json.dumps(verdict, ensure_ascii=False) if options["json"] else words) + "\n")


def judged(reply: str, provider: str) -> dict[str, str]:
    """`class` is one of the nine that bounces have; `kind`, `action` and `rule` are the table's own words."""
    code, enhanced, text = split_reply(reply)
    # A reply that was handed on without its basic code has only the enhanced one to go by.
    code = code or (450 if enhanced.startswith("4") else 550)
    if code < 400:
        return {"reply": reply, "class": "other", "kind": "accepted", "action": "none", "rule": "", "status": enhanced}
    verdict = classify_reply(code, enhanced, text, provider)
    return {
        "reply": reply,
        "class": class_of(verdict.kind),
        "kind": verdict.kind,
        "action": verdict.action,
        "rule": matching_rule(code, enhanced, text, provider).id,
        "status": enhanced,
    }
