"""Makes the engine forget a person: what identifies them goes, and every number of a report stays true."""

from deliverability.services.forgetting.addresses import forget_address
from deliverability.services.forgetting.recipients import forget_recipient

__all__ = ["forget_address", "forget_recipient"]
