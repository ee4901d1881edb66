"""Starts, steers and advances the warm-up of a way out."""

from deliverability.services.warmup.advancing import advance_days
from deliverability.services.warmup.starting import start_plan
from deliverability.services.warmup.steering import end_plan, pause_plan, resume_plan, step_back

__all__ = ["advance_days", "end_plan", "pause_plan", "resume_plan", "start_plan", "step_back"]
