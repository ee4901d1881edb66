"""The dispatcher: moves due batches from the outbox to their providers, many lanes at once in one process."""

from deliverability.services.dispatch.drain import DrainReport, drain

__all__ = ["DrainReport", "drain"]
