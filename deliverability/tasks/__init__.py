"""Background work of the engine: ids in, one service call, then again. The row is the job."""

from deliverability.tasks import drain, events, inbound_mail, warmup, webhooks

__all__ = ["drain", "events", "inbound_mail", "warmup", "webhooks"]
