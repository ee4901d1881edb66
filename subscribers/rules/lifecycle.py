"""How far somebody is from their last sign of life."""

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


@dataclass(frozen=True, slots=True)
class Borders:
    """The same as moments: whoever joined after `new` is new, and so on down."""

    new: datetime
    active: datetime
    at_risk: datetime
    dormant: datetime


def borders(stages: Stages, now: datetime) -> Borders:
    days = (stages.new, stages.active, stages.at_risk, stages.dormant)
    return Borders(*(now - timedelta(days=each) for each in days))
