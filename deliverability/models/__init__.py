"""The engine's tables, by what they answer."""

from deliverability.models.events import Event, EventCursor
from deliverability.models.guarding import (
    Alert,
    AlertChannel,
    AlertDelivery,
    CanaryLane,
    FlowCount,
    GuardrailSetting,
)
from deliverability.models.inbound import InboundMail, Inbox, SoftBounce
from deliverability.models.lanes import LaneChange, MailDomain, MxSuffix, WayLimit
from deliverability.models.outbox import DeliveryBatch, LinkCount, Mailing, MailingCount, MinuteCount
from deliverability.models.replies import ReplyHit, UnmatchedReply
from deliverability.models.routes import ProviderChange, RouteStep
from deliverability.models.sending import Lane, Provider, Stream
from deliverability.models.suppression import Suppression, SuppressionPolicy
from deliverability.models.warmup import WarmupDay, WarmupPlan
from deliverability.models.webhooks import ProviderNotice, Webhook

__all__ = [
    "Alert",
    "AlertChannel",
    "AlertDelivery",
    "CanaryLane",
    "DeliveryBatch",
    "Event",
    "EventCursor",
    "FlowCount",
    "GuardrailSetting",
    "InboundMail",
    "Inbox",
    "Lane",
    "LaneChange",
    "LinkCount",
    "MailDomain",
    "Mailing",
    "MailingCount",
    "MinuteCount",
    "MxSuffix",
    "Provider",
    "ProviderChange",
    "ProviderNotice",
    "ReplyHit",
    "RouteStep",
    "SoftBounce",
    "Stream",
    "Suppression",
    "SuppressionPolicy",
    "UnmatchedReply",
    "WarmupDay",
    "WarmupPlan",
    "WayLimit",
    "Webhook",
]
