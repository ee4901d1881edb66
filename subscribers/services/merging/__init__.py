"""Makes one person of two contacts, with every permission, refusal and memory that either had."""

from subscribers.services.merging.apart import keep_apart
from subscribers.services.merging.merge import merge_contacts

__all__ = ["keep_apart", "merge_contacts"]
