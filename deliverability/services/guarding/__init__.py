"""Guards what is being sent: rates are watched, canaries judged, and people told."""

from deliverability.services.guarding.canaries import leave_out, release, watch_canaries
from deliverability.services.guarding.rates import guard_rates
from deliverability.services.guarding.retention import forget_flow
from deliverability.services.guarding.thresholds import save_guardrails

__all__ = ["forget_flow", "guard_rates", "leave_out", "release", "save_guardrails", "watch_canaries"]
