"""The rules of a segment as a typed tree: what parsing makes, and what SQL, sentences and JSON are made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from subscribers.rules.segments.fields import Field, FieldKind, Op
from subscribers.types import Basis, Purpose, SubscriptionState

Scalar = str | Decimal | date | bool
Value = Scalar | tuple[Scalar, ...] | int | None


class Act(StrEnum):
    """What happened between a person and a campaign; whoever clicked has opened."""

    SENT = "sent"
    OPENED = "opened"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True)
class Test:
    """What is asked of one value. The operator says what `value` is: nothing, one, several, a range, or days."""

    __test__ = False  # pytest looks for classes with this name

    kind: FieldKind
    op: Op
    value: Value = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Without parts: everybody."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Rule"


@dataclass(frozen=True, slots=True)
class FieldRule:
    field: Field
    test: Test


@dataclass(frozen=True, slots=True)
class ListRule:
    """Stands so with a list, or with any where `list_id` is None."""

    list_id: int | None
    state: SubscriptionState


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """Live permission to write (for a list, or any), or to track; on one of `bases`, if any; that ends within days."""

    purpose: Purpose
    list_id: int | None = None
    bases: tuple[Basis, ...] = ()
    expires_within: int | None = None


@dataclass(frozen=True, slots=True)
class MailRule:
    """Any campaign within days."""

    act: Act
    days: int


@dataclass(frozen=True, slots=True)
class LastMailsRule:
    """So many of the last `campaigns` that were sent to them. Whoever was sent fewer is never in."""

    act: Act
    campaigns: int
    count: Test


@dataclass(frozen=True, slots=True)
class Window:
    """The last `days`, or whole days from `since` to `until`, both included; all None: ever."""

    days: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PropertyTest:
    key: str
    test: Test


@dataclass(frozen=True, slots=True)
class ActivityRule:
    """Did something so many times and for so much in all. Whoever never did counts as 0 and 0."""

    name: str
    times: Test | None
    total: Test | None = None
    window: Window = Window()
    where: tuple[PropertyTest, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """Is in another segment, as its rules are at the moment of asking."""

    segment_id: int


Leaf = FieldRule | ListRule | ConsentRule | MailRule | LastMailsRule | ActivityRule | SegmentRule
Rule = AllOf | AnyOf | Not | Leaf


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may speak of: fields by their name in rules; names of lists and segments by id."""

    fields: Mapping[str, Field]
    lists: Mapping[int, str]
    segments: Mapping[int, str]


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every condition, from left to right."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield rule


def segments_in(rule: Rule) -> set[int]:
    """The segments that a tree names itself."""
    return {leaf.segment_id for leaf in leaves(rule) if isinstance(leaf, SegmentRule)}
