"""Whether nothing at all is enough."""

from decimal import Decimal
from typing import cast

from subscribers.rules.segments.fields import Op
from subscribers.rules.segments.tree import Test


def passes_zero(test: Test) -> bool:
    """Of a comparison of numbers."""
    if test.op == Op.BETWEEN:
        least, most = cast(tuple[Decimal, Decimal], test.value)
        return least <= 0 <= most
    value = cast(Decimal, test.value)
    answers = {
        Op.IS: value == 0,
        Op.LESS_THAN: value > 0,
        Op.AT_MOST: value >= 0,
        Op.MORE_THAN: value < 0,
        Op.AT_LEAST: value <= 0,
    }
    return answers[test.op]
