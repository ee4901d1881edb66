"""Whether the rest may follow its canary: what the first few at one mailbox provider met, judged in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from deliverability.rules.guardrails import Flow, Guardrail, Level, Metric, judge
from deliverability.rules.samples import is_surely_above

# A mailbox provider with fewer people has no canary of its own: so few could show nothing.
LEAST_PEOPLE = 1_000
# And a canary smaller than this could not either.
LEAST_CANARY = 100
# Refusals that speak of us (reputation, authentication, content) are never normal.
NORMAL_REFUSALS = 0.01
_JUDGED = (Metric.COMPLAINTS, Metric.BOUNCES)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a canary met. `refusals` counts final and passing refusals of us, not of the person; `sample` is one."""

    flow: Flow
    refusals: int = 0
    sample: str = ""


def stop_reason(seen: Seen, guardrails: Mapping[Metric, Guardrail]) -> str:
    """Why the rest must not follow; empty while nothing speaks against it."""
    tried = seen.flow.accepted + seen.flow.failed + seen.flow.deferred
    if seen.refusals >= 3 and is_surely_above(seen.refusals, tried, NORMAL_REFUSALS):
        return f"{seen.refusals:,} of {tried:,} tries were refused because of us, such as “{seen.sample}”"
    for metric in _JUDGED:
        finding = judge(seen.flow, metric, guardrails[metric])
        if finding and finding.level == Level.CRITICAL:
            return finding.words
    return ""


def all_clear(seen: Seen) -> str:
    flow = seen.flow
    return (
        f"of {flow.accepted + flow.failed:,} tried, {flow.accepted:,} were accepted, {flow.failed + flow.bounced:,} "
        f"bounced and {flow.complained:,} complained"
    )
