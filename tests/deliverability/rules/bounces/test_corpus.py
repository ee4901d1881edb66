"""How much of real mail is read rightly, in one pass over a labelled corpus."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from deliverability.rules.bounces import Finding, read_bounce

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpora" / "bounces"


@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled corpus is not part of the project")
def test_real_bounces() -> None:
    score = Score()
    with (CORPUS / "labels.csv").open() as labels:
        by_file = defaultdict(list)
        for row in csv.DictReader(labels):
            by_file[row["file"]].append(row)
    for file, rows in by_file.items():
        raw = (CORPUS / file).read_bytes()
        found = read_bounce(raw)
        plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        for line_end in (b"\n", b"\r\n", b"\r"):
            assert read_bounce(plain.replace(b"\n", line_end)) == found, file
        for row in rows:
            score.add(row, found)
    assert score.share("recipient") >= 0.96
    assert score.share("hardness") >= 0.96
    assert score.share("class") >= 0.94
    assert score.false_hard <= 1


class Score:
    def __init__(self) -> None:
        self.right: defaultdict[str, int] = defaultdict(int)
        self.all: defaultdict[str, int] = defaultdict(int)
        self.false_hard = 0

    def share(self, what: str) -> float:
        return self.right[what] / self.all[what]

    def add(self, row: dict[str, str], found: list[Finding]) -> None:
        if row["cls"] == "not-bounce":
            self._count("class", {one.kind for one in found} <= {"auto-reply", "other", "soft"})
            return
        wanted = {row["recipient"].lower(), row["recipient_alt"].lower()} - {""}
        ours = [one for one in found if one.recipient in wanted]
        if row["recipient"]:
            self._count("recipient", bool(ours))
        accepted = {row["cls"], *row["cls_accept"].split("|")} - {""}
        if "*" in accepted:
            return
        kind = next((one.kind for one in ours or found), "")
        kind = "other" if kind == "delivered" else kind
        self._count("class", kind in accepted)
        if row["hard"]:
            self._count("hardness", kind in accepted or (kind == "hard") == (row["hard"] == "1"))
            self.false_hard += kind == "hard" and "hard" not in accepted

    def _count(self, what: str, is_right: bool) -> None:
        self.all[what] += 1
        self.right[what] += is_right
