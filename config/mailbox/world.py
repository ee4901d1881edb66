"""How the world answers: which recipients bounce, ask for patience or are full, decided by a hash of the address.

Shares of all recipients, once and for all for each address:

- 1.2 %: no such mailbox, 550 5.1.1, for ever.
- 0.3 %: mailbox full, 552 5.2.2, for ever.
- 0.5 %: mailbox full, 452 4.2.2, until the second attempt.
- 2.0 %: greylisted, 451 4.7.1, until the second attempt.
- 0.1 %: too busy, 421 4.3.2 and the line is cut, until the second attempt.

And T-Online answers every recipient 20 ms late, as providers do that would like us to slow down. Of the people who
get a newsletter, 22 % load its pictures, 4 % follow a link and 0.5 % unsubscribe with one click.
"""

from dataclasses import dataclass
from hashlib import blake2s

WHOLE = 10_000
TARDY_DOMAINS = {"t-online.de", "magenta.de"}
TARDY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer other than "yes": `lasts` says whether it stays so after the first attempt."""

    share: int
    code: int
    enhanced: str
    text: str
    lasts: bool
    hangs_up: bool = False

    def line(self, address: str) -> str:
        return f"{self.code} {self.enhanced} {self.text.format(address=address)}"


REFUSALS = (
    Refusal(120, 550, "5.1.1", "<{address}>: there is no mailbox of this name here", lasts=True),
    Refusal(30, 552, "5.2.2", "<{address}>: mailbox full, and its owner has not been seen for months", lasts=True),
    Refusal(50, 452, "4.2.2", "<{address}>: mailbox full, please try later", lasts=False),
    Refusal(200, 451, "4.7.1", "Greylisted: we have not met before, please come back in a while", lasts=False),
    Refusal(10, 421, "4.3.2", "Too many connections from your network, closing the line", lasts=False, hangs_up=True),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """What one person does with a newsletter."""

    opens: bool
    clicks: bool
    unsubscribes: bool
    behind_proxy: bool
    # Which of the mail's links, as a fraction of the way down.
    taste: float


class World:
    """Answers recipients; remembers whom it has put off, so that the second attempt succeeds."""

    def __init__(self, *, well_behaved: bool = False) -> None:
        self.well_behaved = well_behaved
        self._put_off: set[str] = set()

    def refusal(self, address: str) -> Refusal | None:
        """The refusal that this attempt meets, or None for "yes"."""
        if self.well_behaved:
            return None
        address = address.lower()
        number = share_of(address, "delivery")
        for refusal in REFUSALS:
            number -= refusal.share
            if number < 0:
                return refusal if refusal.lasts or self._is_first(address) else None
        return None

    def delay(self, address: str) -> float:
        """Seconds by which this recipient's provider is late with its answer."""
        late = not self.well_behaved and address.rpartition("@")[2].lower() in TARDY_DOMAINS
        return TARDY_SECONDS if late else 0.0

    def _is_first(self, address: str) -> bool:
        if address in self._put_off:
            return False
        self._put_off.add(address)
        return True


def reader_of(address: str, mail: str) -> Reader:
    """What the owner of `address` does with the mail named `mail`."""
    address = address.lower()
    opens = share_of(address, f"open {mail}") < 2200
    return Reader(
        opens=opens,
        clicks=opens and share_of(address, f"click {mail}") < 1800,
        unsubscribes=share_of(address, f"leave {mail}") < 50,
        behind_proxy=address.endswith(("@gmail.com", "@googlemail.com")),
        taste=share_of(address, f"taste {mail}") / WHOLE,
    )


def share_of(address: str, question: str) -> int:
    """A number below WHOLE that stays the same for one address and question."""
    return int.from_bytes(blake2s(f"{question}\n{address}".encode(), digest_size=6).digest()) % WHOLE
