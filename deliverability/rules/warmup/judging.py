"""What a day's results teach: healthy, too little to tell, or a spike to hold at or step back from."""

from dataclasses import dataclass
from enum import StrEnum

from deliverability.rules.samples import is_surely_above

# A day that used less than this share of its cap has not shown that the cap is borne.
ENOUGH = 0.5
# Below this many nothing is held against a day: three colleagues who press “spam” are no spike.
FEW = 100
# Gmail and iCloud tell no sender who complained, so their silence proves nothing.
WITHOUT_COMPLAINTS = frozenset({"google", "apple"})


class Verdict(StrEnum):
    """What a day was. HELD and BACK are unhealthy ones; PAUSED and WARM are days that nobody judged."""

    HEALTHY = "healthy"
    LITTLE = "little"
    HELD = "held"
    BACK = "back"
    PAUSED = "paused"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class Counts:
    """`sent` are attempts that reached the wire; `deferred` recipients; complaints count on the day they arrive."""

    sent: int = 0
    accepted: int = 0
    deferred: int = 0
    bounced: int = 0
    complained: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.sent + other.sent,
            self.accepted + other.accepted,
            self.deferred + other.deferred,
            self.bounced + other.bounced,
            self.complained + other.complained,
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class _Measure:
    """Below `limit` a rate is normal; at `severe` and above a spike means a step back."""

    words: str
    counts: str
    of: str
    limit: float
    severe: float

    def share(self, counts: Counts) -> tuple[int, int]:
        return getattr(counts, self.counts), getattr(counts, self.of)

    def is_spike(self, counts: Counts) -> bool:
        count, of = self.share(counts)
        return of >= FEW and is_surely_above(count, of, self.limit)

    def is_severe(self, counts: Counts) -> bool:
        count, of = self.share(counts)
        return self.is_spike(counts) and count >= of * self.severe

    def say(self, counts: Counts) -> str:
        count, of = self.share(counts)
        return f"{count:,} of {of:,} {self.words} ({100 * count / of:.2g}%; up to {100 * self.limit:g}% is normal)"


# Limits of the bulk-sender rules of Gmail and Yahoo (complaints), of Delivra's hold rule (bounces), and our own.
_MEASURES = (
    _Measure("complained", "complained", "accepted", 0.001, 0.003),
    _Measure("bounced", "bounced", "sent", 0.02, 0.05),
    _Measure("were put off by the server", "deferred", "sent", 0.10, 0.25),
)


def judge_day(day: Counts, *, cap: int, evidence: Counts, mailbox_provider: str) -> Judgement:
    """Judge one day. `evidence` are the days since the last spike, at most a week and this one among them.

    A rate that chance may have made is no spike, yet small ones that go on add up in the evidence.
    """
    spikes = [(measure, counts) for measure in _MEASURES for counts in (day, evidence) if measure.is_spike(counts)]
    if spikes:
        is_severe = any(measure.is_severe(counts) for measure, counts in spikes)
        measure, counts = spikes[0]
        since = "" if counts == day else " in a week"
        return Judgement(Verdict.BACK if is_severe else Verdict.HELD, f"{measure.say(counts).capitalize()}{since}.")
    if day.sent < cap * ENOUGH:
        return Judgement(Verdict.LITTLE, f"{day.sent:,} of {cap:,} were used, too little to learn from.")
    return Judgement(Verdict.HEALTHY, f"Healthy: {_say_health(day, mailbox_provider)}.")


def _say_health(day: Counts, mailbox_provider: str) -> str:
    bounces, deferrals = f"{day.bounced:,} bounced", f"{day.deferred:,} were put off"
    if mailbox_provider in WITHOUT_COMPLAINTS:
        return f"of {day.sent:,}, {bounces} and {deferrals}; complaints are not reported here"
    return f"of {day.sent:,}, {day.complained:,} complained, {bounces} and {deferrals}"
