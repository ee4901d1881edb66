"""Background work of the engine: ids in, one service call, then again. The row is the job."""

from deliverability.tasks import drain, events, guarding, inbound_mail, mail_domains, routes, warmup, webhooks

__all__ = ["drain", "events", "guarding", "inbound_mail", "mail_domains", "routes", "warmup", "webhooks"]
