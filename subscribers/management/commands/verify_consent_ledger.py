"""Proves that no entry of the consent ledger was edited, deleted, reordered or slipped in."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from subscribers.queries.consent.ledger_proof import LedgerProof
from subscribers.services.ledger import prove_ledger


class Command(BaseCommand):
    help = "Verify the consent ledger against its seals and checkpoints. Ends with 1 when something does not add up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = prove_ledger()
        self.stdout.write(_as_json(proof) if options["as_json"] else _in_words(proof))
        if not proof.holds:
            raise SystemExit(1)


def _as_json(proof: LedgerProof) -> str:
    facts = asdict(proof)
    return json.dumps({"ok": proof.holds, **facts, "problems": [asdict(problem) for problem in proof.problems]})


def _in_words(proof: LedgerProof) -> str:
    read = f"{proof.records:,} entries in {proof.seals:,} seals, {proof.checkpoints:,} checkpoints"
    if proof.holds:
        erased = f" {proof.erased:,} entries were erased on request." if proof.erased else ""
        return f"The ledger is as it was written: {read}.{erased}"
    lines = [f"The ledger is NOT as it was written: {proof.found:,} things do not add up in {read}."]
    return "\n".join([*lines, *(f"  {problem.kind}: {problem.detail}" for problem in proof.problems)])
