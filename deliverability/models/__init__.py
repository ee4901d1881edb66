"""The engine's tables, by what they answer."""

from deliverability.models.events import Event, EventCursor
from deliverability.models.lanes import LaneChange, MailDomain, MxSuffix, WayLimit
from deliverability.models.outbox import DeliveryBatch, Mailing, MailingCount
from deliverability.models.sending import Lane, Provider, Stream
from deliverability.models.suppression import Suppression, SuppressionPolicy
from deliverability.models.warmup import WarmupDay, WarmupPlan

__all__ = [
    "DeliveryBatch",
    "Event",
    "EventCursor",
    "Lane",
    "LaneChange",
    "MailDomain",
    "Mailing",
    "MailingCount",
    "MxSuffix",
    "Provider",
    "Stream",
    "Suppression",
    "SuppressionPolicy",
    "WarmupDay",
    "WarmupPlan",
    "WayLimit",
]
