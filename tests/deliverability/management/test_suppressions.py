"""Suppressions out to a file and in again, on the server."""

import io
import json
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key
from deliverability.services.suppression import lift, suppress, suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason

pytestmark = pytest.mark.django_db
COLUMNS = ("address", "address_key", "scope", "target", "reason", "evidence", "added_by", "created_at", "expires_at")


def exported(**options: object) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with patch("sys.stdout", out):
        call_command("export_suppressions", **options)
    return out.buffer.getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]


def imported(path: Path, **options: object) -> dict[str, object]:
    out = io.StringIO()
    call_command("import_suppressions", path, why="From the old system", as_json=True, stdout=out, **options)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def rows() -> list[tuple[object, ...]]:
    return [
        tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)
        for row in Suppression.objects.filter(lifted_at=None).order_by("address_key", "reason").values_list(*COLUMNS)
    ]


def test_what_goes_out_comes_in_again_erased_addresses_included(tmp_path: Path) -> None:
    suppress(
        addresses=["müller@bücher.example"],
        scope=Scope.STREAM,
        target=3,
        reason=SuppressionReason.SOFT_BOUNCE,
        evidence='=452 "full",\nagain',
        expires_at=timezone.now() + timedelta(days=3),
    )
    suppress(addresses=["a@example.org"], scope=Scope.EVERYTHING, reason=SuppressionReason.MANUAL, added_by="Mira")
    suppress(addresses=["a@example.org"], scope=Scope.EVERYTHING, reason=SuppressionReason.COMPLAINT)
    suppress_many([NewSuppression("", Scope.EVERYTHING, SuppressionReason.ERASURE, key=address_key("gone@x.org"))])
    suppress(addresses=["back@example.org"], scope=Scope.MARKETING, reason=SuppressionReason.MANUAL)
    lift(
        address="back@example.org", scope=Scope.MARKETING, reason=SuppressionReason.MANUAL, by="Mira", why="She called"
    )
    before = rows()
    file = tmp_path / "out.csv"
    file.write_text(exported(state="all"), newline="")
    Suppression.objects.all().delete()
    found = imported(file)
    assert (found["added"], found["refused_rows"]) == (4, 1)
    # What nobody had written down now names the file it came from; all else is as it was.
    assert [row[:5] + row[7:] for row in rows()] == [row[:5] + row[7:] for row in before]
    assert {(row[4], row[5]) for row in rows()} >= {("soft_bounce", '=452 "full",\nagain')}
    assert imported(file)["added"] == 0


def test_only_what_is_asked_for_goes_out() -> None:
    suppress(addresses=["a@example.org"], scope=Scope.MARKETING, reason=SuppressionReason.MANUAL)
    suppress(addresses=["b@example.org"], scope=Scope.MARKETING, reason=SuppressionReason.HARD_BOUNCE)
    lines = exported(reason="hard_bounce").splitlines()
    assert len(lines) == 2
    assert "b@example.org" in lines[1]


def test_a_file_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("name\nAda\n")
    with pytest.raises(CommandError, match="no address, so nothing was imported"):
        imported(file)
    file.write_text("a@example.org\nnonsense\n")
    with pytest.raises(CommandError, match="--target goes with"):
        imported(file, scope="topic")
    found = imported(file, reason="complaint", scope="topic", target=7)
    assert (found["added"], found["refused"]) == (
        1,
        [{"row": 2, "text": "nonsense", "why": "This is no e-mail address."}],
    )
    held = Suppression.objects.get()
    assert (held.reason, held.scope, held.target) == ("complaint", "topic", 7)
    assert (held.evidence, held.added_by) == ("From the old system", "Sendwell")
