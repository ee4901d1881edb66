"""Finds what somebody meant who mistyped the domain of a big mailbox provider."""

from subscribers.rules.address_data import MISTYPED_ENDINGS, NOT_MISTYPED, ONE_DOMAIN, POPULAR

_POPULAR = frozenset(POPULAR)
_PARTED = tuple(domain.partition(".")[::2] for domain in POPULAR)
_ENDINGS = {ending: frozenset(slips.split()) for ending, slips in MISTYPED_ENDINGS.items()}
# Short names are near to too many others: aol and gmx are one letter from real companies.
_ONE_SLIP, _TWO_SLIPS = 5, 7


def meant_domain(domain: str) -> str:
    """The popular domain of which `domain`, in lower case, looks like a slip; empty for all others."""
    if domain in _POPULAR or domain in NOT_MISTYPED:
        return ""
    name, _, ending = domain.partition(".")
    if name in ONE_DOMAIN:
        return ONE_DOMAIN[name]
    found = [
        (distance + (ending != right), place)
        for place, (popular, right) in enumerate(_PARTED)
        if (ending == right or ending in _ENDINGS.get(right, ())) and (distance := _slips(name, popular)) is not None
    ]
    return POPULAR[min(found)[1]] if found else ""


def _slips(name: str, popular: str) -> int | None:
    """How many slips lie between the two, 0 to 2; None where they are too far apart to be the same."""
    if name == popular:
        return 0
    most = 2 if len(popular) >= _TWO_SLIPS and name[:1] == popular[0] else 1
    if len(popular) < _ONE_SLIP or abs(len(name) - len(popular)) > most:
        return None
    slips = _distance(name, popular)
    return slips if slips <= most else None


def _distance(one: str, other: str) -> int:
    """Optimal string alignment: a letter wrong, missing, too many, or two swapped, counts one."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]
