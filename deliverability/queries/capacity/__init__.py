"""How long a mailing takes, lane by lane, and which lane it waits for: before it begins, and while it is sent."""

from deliverability.queries.capacity.facts import ASSUMED_RATE
from deliverability.queries.capacity.lane import LanePlan
from deliverability.queries.capacity.plans import SendPlan, plan_mailing, plan_rest

__all__ = ["ASSUMED_RATE", "LanePlan", "SendPlan", "plan_mailing", "plan_rest"]
