"""Which way out a stream's next batch takes: the first tier in which somebody works, by weight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from deliverability.types import StreamKind

# A provider that fell silent over a message may have it. So long nobody else gets it: a relay that comes back delivers
# what it had accepted, and a second copy through another one would carry nothing by which to tell.
RECONCILE = {StreamKind.MARKETING: timedelta(hours=4), StreamKind.TRANSACTIONAL: timedelta(minutes=15)}


@dataclass(frozen=True, slots=True)
class Step:
    """One provider of a route. Lower tiers come first; weights share the mail out among those of one tier."""

    provider_id: int
    tier: int = 1
    weight: int = 1


def ways_in_order(steps: Sequence[Step], shares: Mapping[int, float], draw: Callable[[], float]) -> list[int]:
    """The providers to try for one batch, best first: all of one tier that may take mail; none where nobody may.

    `shares` says how much of its part each may take, 0 to 1. What a tier may not take goes on to the next tier, or
    stays where there is none. `draw` returns a number in 0..1, as random.random does.
    """
    tiers = [_able(steps, tier, shares) for tier in sorted({step.tier for step in steps})]
    tiers = [tier for tier in tiers if tier]
    for tier in tiers:
        if tier is tiers[-1] or draw() < max(shares[step.provider_id] for step in tier):
            return _shuffled(tier, shares, draw)
    return []


def shares_in_words(steps: Sequence[Step]) -> dict[int, int]:
    """By provider, the percentage of its tier's mail that it takes while all of them work."""
    return {
        step.provider_id: round(100 * step.weight / sum(other.weight for other in steps if other.tier == step.tier))
        for step in steps
    }


def _able(steps: Sequence[Step], tier: int, shares: Mapping[int, float]) -> list[Step]:
    return [step for step in steps if step.tier == tier and shares.get(step.provider_id, 0.0) > 0]


def _shuffled(tier: Sequence[Step], shares: Mapping[int, float], draw: Callable[[], float]) -> list[int]:
    # Efraimidis and Spirakis: keys u^(1/w) order a draw without replacement by weight.
    keyed = [(draw() ** (1 / (step.weight * shares[step.provider_id])), step.provider_id) for step in tier]
    return [provider_id for _, provider_id in sorted(keyed, reverse=True)]
