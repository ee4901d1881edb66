"""How numbers and reasons read to a person."""

# Each completes "They were left out, because …"; keys are ExclusionReason and SkipReason words.
BECAUSE = {
    "unsubscribed": "they had unsubscribed from this list",
    "unconfirmed": "they had not confirmed their subscription",
    "consent_expired": "their consent had expired",
    "suppressed": "the address is suppressed (it bounced, complained, unsubscribed from everything or was blocked)",
    "paused": "they had paused all mail",
    "contact_gone": "the contact had been deleted",
    "not_subscribed": "they were no longer subscribed to this list",
    "cancelled": "the campaign was cancelled before their turn came",
    "unrenderable": "their mail could not be composed",
    "undeliverable_address": "no mail can be addressed to it",
    "canary": "the canary had been stopped at their mailbox provider, and somebody left the rest out",
}


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
