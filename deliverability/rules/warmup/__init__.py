"""Warm-up: the curves, what a day teaches, where a mailbox provider stands next, and what that means in days."""

from deliverability.rules.warmup.climbing import (
    EVIDENCE_DAYS,
    FIRST_WEEK,
    REST_DAYS,
    Climb,
    Phase,
    Place,
    begin,
    follow,
    step_down,
)
from deliverability.rules.warmup.curves import CURVES, CUSTOM, Curve, read_steps
from deliverability.rules.warmup.judging import Counts, Judgement, Verdict, judge_day
from deliverability.rules.warmup.projection import MOST_ENGAGED, ProjectedDay, project

__all__ = [
    "CURVES",
    "CUSTOM",
    "EVIDENCE_DAYS",
    "FIRST_WEEK",
    "MOST_ENGAGED",
    "REST_DAYS",
    "Climb",
    "Counts",
    "Curve",
    "Judgement",
    "Phase",
    "Place",
    "ProjectedDay",
    "Verdict",
    "begin",
    "follow",
    "judge_day",
    "project",
    "read_steps",
    "step_down",
]
