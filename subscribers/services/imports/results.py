"""What came of an import, in numbers that add up."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Tally:
    """Two sums hold: rows = rejected + held + duplicates + created + updated + unchanged, and the last three
    together = subscribed + subscribed_before + opted_out + kept_out (of whom `opted_out` said no in this very file)."""

    rows: int = 0
    rejected: int = 0
    held: int = 0
    duplicates: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    subscribed: int = 0
    subscribed_before: int = 0
    opted_out: int = 0
    kept_out: int = 0
    engaged: int = 0

    def add(self, other: "Tally") -> None:
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """`kept_out_path` lists who stayed out and why, `left_out_path` cells that were left out; empty where none were."""

    tally: Tally
    mailing_list: str
    is_new_list: bool
    rejects_path: str
    kept_out_path: str
    left_out_path: str
    ignored_columns: tuple[str, ...]
    declared_fields: tuple[str, ...]
    mapping: dict[str, str] = field(repr=False)
    encoding: str
    delimiter: str
    seconds: float
    resumed: bool
    dry_run: bool

    def as_json(self) -> dict[str, Any]:
        rate = round(self.tally.rows / self.seconds) if self.seconds else 0
        facts = {name: value for name, value in self.__dict__.items() if name not in ("tally", "mailing_list")}
        facts |= {"seconds": round(self.seconds, 3), "rows_per_second": rate, "list": self.mailing_list}
        return {**asdict(self.tally), **facts}
