"""How many bounces for now an address has before we stop writing to it for a while."""

import re
from datetime import timedelta

# Mail that comes back for now comes back for many reasons; five in a row without a month between are a habit.
SOFT_BOUNCES = 5
# Gmail says this of a mailbox that nobody has opened for long.
FULL_AND_INACTIVE = 2
FORGET_AFTER = timedelta(days=30)
REST = timedelta(days=90)

_INACTIVE = re.compile(
    r"(full|storage|quota).*\binactive|\binactive\b.*(full|storage|quota)", re.IGNORECASE | re.DOTALL
)


def is_enough(total: int, words: str) -> bool:
    """Whether `total` bounces for now, the last with these words, are a reason to rest the address."""
    return total >= (FULL_AND_INACTIVE if _INACTIVE.search(words) else SOFT_BOUNCES)
