"""Webhooks of ESPs: proved, read, and told in one vocabulary. Bytes and dataclasses only; nothing is stored here."""

from deliverability.webhooks.base import Hook, Notice, Secrets, Unproved, Unreadable
from deliverability.webhooks.reading import confirm_subscription, hook_kinds, prove, read

__all__ = ["Hook", "Notice", "Secrets", "Unproved", "Unreadable", "confirm_subscription", "hook_kinds", "prove", "read"]
