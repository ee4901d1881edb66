"""Names the mailbox provider of an address: the unit in which sending is throttled and reported."""

from deliverability.rules.mailbox_providers import OTHER, mailbox_provider_of

__all__ = ["OTHER", "mailbox_provider_of"]
