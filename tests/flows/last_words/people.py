"""What people last said, in a model that knows nothing of how we keep it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from django.utils import timezone

from subscribers.types import Origin

START = datetime.now(UTC).replace(microsecond=0)
PERSON = Origin(source="https://huila.example/p/", actor="the person")
LISTS = ("news", "offers")
ADDRESSES = ("anna@gmail.com", "bert@gmx.de", "cleo@web.de")
MOVES_TO = ("dora@posteo.de", "emil@posteo.de")


class Word(Enum):
    NONE = "none"
    YES = "yes"
    NO = "no"


@dataclass
class Person:
    """What somebody last said of each list, and what holds them back besides. Two that are merged become one."""

    email: str
    said: dict[str, Word] = field(default_factory=lambda: dict.fromkeys(LISTS, Word.NONE))
    before_leaving: dict[str, Word] | None = None
    is_held: bool = False
    is_restricted: bool = False
    paused_until: datetime | None = None

    def allows(self, slug: str) -> bool:
        is_paused = self.paused_until is not None and self.paused_until > timezone.now()
        return self.said[slug] == Word.YES and not (self.is_held or self.is_restricted or is_paused)

    def says(self, word: Word, slugs: set[str]) -> None:
        self.said |= dict.fromkeys(slugs, word)

    def leaves_all(self) -> None:
        self.before_leaving = dict(self.said)
        self.says(Word.NO, set(LISTS))


@dataclass(frozen=True)
class Question:
    """A confirmation mail that lies in a mailbox. `asked` is how often they had spoken of each list by then."""

    address: str
    contact_id: int
    entries: list[int]
    slugs: set[str]
    asked: dict[str, int]
