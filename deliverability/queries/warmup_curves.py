"""The shipped warm-up curves as the apps above see them."""

from dataclasses import dataclass

from deliverability.rules.warmup import CURVES, CUSTOM, read_steps

__all__ = ["CUSTOM", "ShippedCurve", "read_steps", "shipped_curves"]


@dataclass(frozen=True, slots=True)
class ShippedCurve:
    """`steps`: messages a day to each mailbox provider; afterwards nothing is capped."""

    key: str
    name: str
    means: str
    source: str
    steps: tuple[int, ...]


def shipped_curves() -> list[ShippedCurve]:
    return [ShippedCurve(each.key, each.name, each.means, each.source, each.steps) for each in CURVES.values()]
