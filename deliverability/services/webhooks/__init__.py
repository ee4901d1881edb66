"""Webhooks of ESPs: taken in milliseconds, made into events by a worker, each event once."""

from deliverability.services.webhooks.processing import process_webhooks
from deliverability.services.webhooks.receiving import Received, receive
from deliverability.services.webhooks.replaying import replay_webhook, replay_webhooks
from deliverability.services.webhooks.retention import forget_webhooks

__all__ = ["Received", "forget_webhooks", "process_webhooks", "receive", "replay_webhook", "replay_webhooks"]
