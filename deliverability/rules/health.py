"""When a provider is left, and how it comes back: what counts as its own trouble, the pauses, and the stages."""

from datetime import timedelta
from enum import StrEnum

from deliverability.rules.replies import classify_reply
from deliverability.types import Reply


class Standing(StrEnum):
    """How a provider stands, from left alone to taking everything again."""

    OUT = "out"
    TRIAL = "trial"
    TENTH = "tenth"
    HALF = "half"
    WORKS = "works"


# How much of its part it may take; the rest goes to the others of its tier, or to the next tier.
SHARES = {Standing.OUT: 0.0, Standing.TRIAL: 0.1, Standing.TENTH: 0.1, Standing.HALF: 0.5, Standing.WORKS: 1.0}
# So many failures within the window, with no more answers than failures in between: one lost connection in a thousand
# is weather.
FAILURES, WINDOW = 3, timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
# After an hour without trouble the next pause is a short one again.
MEMORY = timedelta(hours=1)
# A stage lasts at least this, and until so many messages were taken in it.
STAGE, STAGE_MESSAGES = timedelta(seconds=60), 3
# Of a trial no more than this can be left in the dark.
TRIAL_MESSAGES, TRIAL_CONNECTIONS = 3, 1


def is_trouble(reply: Reply, *, is_paced: bool) -> bool:
    """Whether a reply to a message speaks of the provider itself and not of the message or its recipient.

    Where the way out passes on the mailbox providers' own words (`is_paced`), theirs prove nothing about it. Else: no
    reply at all, 421 (RFC 5321 3.8: it shuts down), and X.3 of RFC 3463, its mail system; an ESP's 5xx are given as
    4.3.0 by their adapters.
    """
    if is_paced or 200 <= reply.code < 300:
        return False
    return reply.code in (0, 421) or (reply.code < 500 and reply.enhanced.startswith("4.3."))


def is_unknown_fate(reply: Reply) -> bool:
    """The message was handed over and never answered: it may have been accepted (RFC 1047)."""
    return reply.code == 0 and reply.stage == "body"


def is_final(failure: Reply) -> bool:
    """No use in trying this again: the provider refuses us by our credentials."""
    return failure.code >= 400 and classify_reply(failure.code, failure.enhanced, failure.text).kind == "authentication"


def is_of_provider(failure: Reply, *, is_paced: bool) -> bool:
    """Whether a failed connection is the provider's: a paced one hands on a mailbox provider's refusal with its 4xx."""
    return not (is_paced and 400 <= failure.code < 500)
