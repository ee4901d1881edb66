"""What a check reports, and how loudly."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error blocks sending, a warning wants to be acknowledged by name, an info is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


LOUDEST_FIRST = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at. `line` counts from 1 in the source that was given; `selector` names the element or the
    rule; `feature` is caniemail's slug and `clients` who lacks it, both only of findings about what clients support."""

    id: str
    severity: Severity
    message: str
    feature: str = ""
    line: int | None = None
    selector: str = ""
    clients: tuple[str, ...] = ()


def in_order(findings: list[Finding]) -> list[Finding]:
    """The loudest first, then from top to bottom."""
    return sorted(findings, key=lambda one: (LOUDEST_FIRST[one.severity], one.line or 0, one.id, one.feature))
