"""Whether a sign-up looks like a machine's, so that it is asked for a little work. It turns nobody away."""

from dataclasses import dataclass
from hashlib import sha256

# A family behind one router, or a stall at a fair, signs up a handful of people an hour.
NETWORK_AN_HOUR = 5
# A company that rolls a newsletter out; the big mailbox providers are not counted.
DOMAIN_AN_HOUR = 20
# One mailbox, on all forms: whoever wants a newsletter asks for it once or twice.
ADDRESS_A_DAY = 3
FORM_IN_TEN_MINUTES = 200
# 33,000 hashes on average: 0.3 s for our script in Chromium on a desktop, yet 0.02 s for a program made for it (both
# measured). It stops robots that run no script of ours; the others meet the limits on networks and mails.
WORK_BITS = 15


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many sign-ups came lately, this one included; 0 where it is not counted."""

    network: int = 0
    domain: int = 0
    address: int = 0
    form: int = 0


def is_suspicious(traffic: Traffic, *, is_ticket_used: bool) -> bool:
    """More than people do, from one place, to one place, or with one page."""
    return (
        is_ticket_used
        or traffic.network > NETWORK_AN_HOUR
        or traffic.domain > DOMAIN_AN_HOUR
        or traffic.address > ADDRESS_A_DAY
        or traffic.form > FORM_IN_TEN_MINUTES
    )


def is_worked_out(challenge: str, answer: str, bits: int = WORK_BITS) -> bool:
    """Whether SHA-256 of `challenge:answer` begins with so many zero bits; static/public/proof.js looks for one."""
    if not answer.isascii() or not answer.isdigit() or len(answer) > 12:
        return False
    digest = sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
