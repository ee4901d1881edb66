"""Carries out the sunset policy: judges every night, follows who comes back, and never deletes anybody."""

from subscribers.services.sunset.changing import change_policy
from subscribers.services.sunset.following import follow_people
from subscribers.services.sunset.judging import judge_people
from subscribers.services.sunset.segment import make_segment

__all__ = ["change_policy", "follow_people", "judge_people", "make_segment"]
