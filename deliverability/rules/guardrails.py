"""When a sending is in trouble: rates with thresholds, judged so that chance alone raises no alarm."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from deliverability.rules.samples import is_surely_above

# Below this many nothing is held against a sending: three colleagues who press “spam” are no trend.
FEW = 100


class Metric(StrEnum):
    COMPLAINTS = "complaints"
    BOUNCES = "bounces"
    DEFERRALS = "deferrals"
    UNSUBSCRIBES = "unsubscribes"


class Level(IntEnum):
    FINE = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Flow:
    """Events of what is judged. `heard` are those accepted where complaints are reported at all."""

    accepted: int = 0
    deferred: int = 0
    failed: int = 0
    bounced: int = 0
    complained: int = 0
    unsubscribed: int = 0
    heard: int = 0

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(
            self.accepted + other.accepted,
            self.deferred + other.deferred,
            self.failed + other.failed,
            self.bounced + other.bounced,
            self.complained + other.complained,
            self.unsubscribed + other.unsubscribed,
            self.heard + other.heard,
        )

    def share(self, metric: Metric) -> tuple[int, int]:
        """The count and what it is a share of."""
        tried = self.accepted + self.failed
        return {
            Metric.COMPLAINTS: (self.complained, self.heard),
            Metric.BOUNCES: (self.failed + self.bounced, tried),
            Metric.DEFERRALS: (self.deferred, self.deferred + tried),
            Metric.UNSUBSCRIBES: (self.unsubscribed, self.accepted),
        }[metric]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Shares from which a metric is a warning and critical; `may_stop`: critical pauses, not only alerts."""

    warn: float
    critical: float
    may_stop: bool
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A metric that is not fine, with its numbers and a sentence."""

    metric: Metric
    level: Level
    count: int
    of: int
    words: str
    may_stop: bool


SHIPPED: dict[Metric, Guardrail] = {
    Metric.COMPLAINTS: Guardrail(
        0.001,
        0.003,
        True,
        "complained",
        "Gmail and Yahoo: stay below 0.1 %, never reach 0.3 %; Amazon SES reviews at 0.1 %, pauses at 0.5 %",
    ),
    Metric.BOUNCES: Guardrail(
        0.02, 0.05, True, "bounced", "Amazon SES reviews accounts at 5 % and pauses them at 10 %; Klaviyo marks 2 %"
    ),
    Metric.DEFERRALS: Guardrail(
        0.10, 0.25, False, "were put off", "Our own: lanes slow down by themselves, so this only says so"
    ),
    Metric.UNSUBSCRIBES: Guardrail(0.005, 0.01, False, "unsubscribed", "Klaviyo: 0.3 % is fair, 1 % is poor"),
}


def guardrails(own: Mapping[str, tuple[float, float, bool]]) -> dict[Metric, Guardrail]:
    """The shipped ones with the team's own (warn, critical, may_stop) in their place."""
    rails = dict(SHIPPED)
    for metric in Metric:
        if metric in own:
            warn, critical, may_stop = own[metric]
            rails[metric] = replace(SHIPPED[metric], warn=warn, critical=critical, may_stop=may_stop)
    return rails


def judge(flow: Flow, metric: Metric, guardrail: Guardrail) -> Finding | None:
    """None while all is fine, or while there is too little to tell it from chance."""
    count, of = flow.share(metric)
    if of < FEW or not is_surely_above(count, of, guardrail.warn):
        return None
    level = Level.CRITICAL if count >= of * guardrail.critical else Level.WARNING
    limit = guardrail.critical if level == Level.CRITICAL else guardrail.warn
    words = f"{count:,} of {of:,} {guardrail.words} ({100 * count / of:.2g} %; the limit is {100 * limit:g} %)"
    return Finding(metric, level, count, of, words, guardrail.may_stop and level == Level.CRITICAL)
