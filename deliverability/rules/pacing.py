"""How the pace to a mailbox provider follows its replies: more by small steps while all is well, much less when not.

AIMD, as TCP does it: what was refused tells where the limit is, what was accepted tells that it is not lower. Only
replies about our rate count; a full mailbox or a greylist says nothing of us.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

# A step up is taken after this long without trouble. After a cut nothing leaves until what was under way is answered
# and the mailbox provider has caught its breath; else we would cut again for what was wrong before.
INTERVAL = timedelta(minutes=1)
SETTLE = INTERVAL / 12
# What was found is forgotten when nothing has been refused or made use of for so long.
MEMORY = timedelta(hours=6)
# Servers defer now and then without meaning us.
TOLERATED_SHARE = 0.003
LEAST_REFUSED = 3
# Mail that trickles tells nothing of what a server would take: the first cut starts no lower than here.
FIRST_BASE = 5.0
LOWEST_RATE = 1 / 60
LEAST_CUT, MOST_CUT = 0.1, 0.5
NEAR_SHARE = 0.5
# So many answers make the accepted rate a measurement, of which we then stay a little below.
SOLID = 50
BELOW = 0.95
# Near the known limit we feel our way, with steps that grow by a fifth of the first for each good interval, lest a
# limit that was taken for too low hold us for long; below it we hurry back; far above it the limit has gone.
NEAR, PAST = 0.9, 1.2
HURRY, FEEL, LEAP = 0.05, 0.01, 0.1
GROWTH = 1 / 5
# While nobody knows where the limit is, we look for it.
SEARCH = 0.25
# A rate that is not made use of proves nothing.
USED_SHARE = 0.7
# A number of connections that was too many is tried again after so many good intervals.
PATIENT_INTERVALS = 20


@dataclass(frozen=True, slots=True)
class Heard:
    """What a mailbox provider answered within some seconds: messages accepted, refused for our rate, and whether it
    minded our connections, of which `used` were in use."""

    accepted: int
    refused: int
    seconds: float
    used: int = 0

    @property
    def accepted_rate(self) -> float:
        return self.accepted / self.seconds

    @property
    def refused_share(self) -> float:
        return self.refused / max(1, self.accepted + self.refused)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found to work. None: nothing has slowed us. `peak`: about where the limit is, None while that is open;
    `crowd`: how many connections were too many."""

    rate: float | None = None
    peak: float | None = None
    connections: int | None = None
    crowd: int | None = None


def slower(found: Found, heard: Heard) -> Found:
    """Cut the rate in proportion to the share that was refused, between a tenth and a half."""
    attempted = (heard.accepted + heard.refused) / heard.seconds
    base = found.rate if found.rate is not None else max(attempted, FIRST_BASE)
    cut = min(MOST_CUT, max(LEAST_CUT, heard.refused_share))
    rate = base * (1 - cut)
    is_measured = heard.accepted + heard.refused >= SOLID and attempted >= USED_SHARE * base
    if is_measured:
        rate = min(rate, max(BELOW * heard.accepted_rate, LEAST_CUT * base))
    rate = max(rate, LOWEST_RATE)
    # Only who was not far above the limit has learned where it is.
    is_near = heard.accepted_rate >= NEAR_SHARE * base
    return replace(found, rate=rate, peak=max(min(base, heard.accepted_rate), rate) if is_near else None)


def faster(found: Found, heard: Heard, ceiling: float | None, good_intervals: float) -> Found:
    """A step up after a good interval that made use of the rate; at the ceiling nothing is left of the slow-down.

    `good_intervals`: how many have passed since the last cut.
    """
    if found.rate is None or heard.accepted_rate < USED_SHARE * found.rate:
        return found
    peak = found.peak
    if peak is None:
        step = SEARCH * found.rate
    elif found.rate > PAST * peak:
        step = LEAP * found.rate
    elif found.rate < NEAR * peak:
        step = HURRY * peak
    else:
        step = FEEL * peak * (1 + GROWTH * max(0.0, good_intervals - 1))
    rate = found.rate + step
    if ceiling is not None and rate >= ceiling:
        return replace(found, rate=None, peak=None)
    return replace(found, rate=rate)


def fewer(found: Found, heard: Heard) -> Found:
    """A fifth of the connections less, at least one; what was in use was too many."""
    used = max(1, min(heard.used, found.connections or heard.used))
    return replace(found, connections=max(1, used - max(1, used // 5)), crowd=max(2, used))


def more(found: Found, limit: int, *, is_patient: bool) -> Found:
    """One connection more after a good interval, but what was too many only when asked to be tried again."""
    if found.connections is None:
        return found
    connections = found.connections + 1
    if found.crowd is not None and connections >= found.crowd and not is_patient:
        return found
    if connections >= limit:
        return replace(found, connections=None, crowd=None)
    return replace(found, connections=connections)
