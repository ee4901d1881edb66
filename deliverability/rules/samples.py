"""Tells a rate from chance: a few complaints among few mails say nothing yet."""

import math

# Alert only when chance alone would do this once in a hundred times.
DOUBT = 0.01


def is_surely_above(count: int, of: int, rate: float) -> bool:
    """True when so many among so many happen by chance with a probability below 1% if the true rate is `rate`.

    Above 0.1% that takes 5 in 1,000, 12 in 5,000 or 19 in 10,000 (exact binomial test, one-sided).
    """
    if of <= 0 or count <= of * rate:
        return False
    return _tail(min(count, of), of, rate) < DOUBT


def _tail(count: int, of: int, rate: float) -> float:
    """P(X ≥ count); its terms shrink from `count` on, since that lies above the mean."""
    log_term = (
        math.lgamma(of + 1)
        - math.lgamma(count + 1)
        - math.lgamma(of - count + 1)
        + count * math.log(rate)
        + (of - count) * math.log1p(-rate)
    )
    term, total = math.exp(log_term), 0.0
    for number in range(count, of + 1):
        total += term
        if term < total * 1e-9:
            break
        term *= (of - number) / (number + 1) * rate / (1 - rate)
    return total
