"""How numbers and reasons read to a person."""

# Each completes "They were left out, because …"; keys are ExclusionReason and SkipReason words.
BECAUSE = {
    "unsubscribed": "they had unsubscribed from this list",
    "unconfirmed": "they had not confirmed their subscription",
    "consent_expired": "their consent had expired",
    "suppressed": "the address is suppressed (it bounced, complained, unsubscribed from everything or was blocked)",
    "restricted": "they had asked us to do nothing with their data for now",
    "paused": "they had paused all mail",
    "not_on_list": "they are on none of the lists that it goes to, and a segment allows no mail",
    "excluded_list": "they are on a list that the campaign leaves out",
    "excluded_segment": "they are in a segment that the campaign leaves out",
    "resting": "they had not reacted for long, and the sunset policy writes to them more rarely",
    "frequency_choice": "they want less than every mail of this list, and had got one lately",
    "frequency_cap": "they had got as many marketing mails as the frequency cap allows",
    "contact_gone": "the contact had been deleted",
    "not_subscribed": "they were no longer subscribed to this list",
    "cancelled": "the campaign was cancelled before their turn came",
    "unrenderable": "their mail could not be composed",
    "undeliverable_address": "no mail can be addressed to it",
    "merged": "they were merged with a contact who got this mail, and nobody gets a mail twice",
    "canary": "the canary had been stopped at their mailbox provider, and somebody left the rest out",
}

# Each completes "Their server refused the mail, because …"; keys are ReplyKind words. "other" says nothing.
REFUSED = {
    "hard": "there is no such mailbox",
    "inactive": "the mailbox is not used any more",
    "mailbox_full": "the mailbox is full",
    "soft": "it could not take the mail at that time",
    "block": "it does not trust the server that sends for us",
    "policy": "its rules do not let the mail in",
    "authentication": "it could not verify that the mail is from us",
    "content": "it did not like something in the mail",
    "rate": "it wants fewer mails at a time",
    "greylist": "it makes senders wait whom it does not know yet",
}


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def marketing_mails(count: int) -> str:
    return "1 marketing mail" if count == 1 else f"{count:,} marketing mails"
