"""How far somebody is from their last sign of life, and what the stages on that way mean here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Stage(StrEnum):
    NEW = "new"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    DORMANT = "dormant"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Stages:
    """Days: new since joining, active since the last open or click, the others since either."""

    new: int = 30
    active: int = 90
    at_risk: int = 180
    dormant: int = 365


DEFAULT = Stages()
LONGEST = 3_650


@dataclass(frozen=True, slots=True)
class Borders:
    """The same as moments: whoever joined after `new` is new, and so on down."""

    new: datetime
    active: datetime
    at_risk: datetime
    dormant: datetime


def why_refused(stages: Stages) -> str:
    """What is wrong with a definition, in words; empty for one that works."""
    days = (stages.new, stages.active, stages.at_risk, stages.dormant)
    if not all(1 <= each <= LONGEST for each in days):
        return f"Each number of days must be between 1 and {LONGEST:,}."
    if not stages.active < stages.at_risk < stages.dormant:
        return (
            "The stages must follow each other: active ends before at risk does, and at risk before dormant. Nobody "
            "could ever be in the one between."
        )
    return ""


def borders(stages: Stages, now: datetime) -> Borders:
    days = (stages.new, stages.active, stages.at_risk, stages.dormant)
    return Borders(*(now - timedelta(days=each) for each in days))
