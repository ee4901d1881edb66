"""Forgets what its time is over for, every night, under one roof."""

from subscribers.services.retention.applying import Applied, apply_retention
from subscribers.services.retention.choosing import choose_retention
from subscribers.services.retention.shelves import register_shelf

__all__ = ["Applied", "apply_retention", "choose_retention", "register_shelf"]
