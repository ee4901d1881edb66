"""Carries out the sunset policy: judges every night, follows who comes back, and never deletes anybody."""

from subscribers.services.sunset.changing import change_policy
from subscribers.services.sunset.following import follow_people
from subscribers.services.sunset.judging import judge_people

__all__ = ["change_policy", "follow_people", "judge_people"]
