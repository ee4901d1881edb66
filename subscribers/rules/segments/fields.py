"""What is known of a person, of which kind, and what may be asked of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """The kinds of custom fields, and MOMENT for times of our own."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"
    JSON = "json"


class Op(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    IS_ANY_OF = "is_any_of"
    IS_NONE_OF = "is_none_of"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    IN_LAST = "in_last"
    LONGER_AGO = "longer_ago"
    IN_NEXT = "in_next"
    ANNIVERSARY_IN_NEXT = "anniversary_in_next"
    HAS_ANY_OF = "has_any_of"
    HAS_ALL_OF = "has_all_of"
    HAS_NONE_OF = "has_none_of"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"


class Shape(StrEnum):
    """What an operator compares with."""

    NOTHING = "nothing"
    ONE = "one"
    SEVERAL = "several"
    RANGE = "range"
    DAYS = "days"


# The complement of another operator: whoever has no value is in.
COMPLEMENTS: Mapping[Op, Op] = {
    Op.IS_NOT: Op.IS,
    Op.IS_NONE_OF: Op.IS_ANY_OF,
    Op.CONTAINS_NOT: Op.CONTAINS,
    Op.HAS_NONE_OF: Op.HAS_ANY_OF,
    Op.IS_UNKNOWN: Op.IS_KNOWN,
}
_EXISTENCE = {Op.IS_KNOWN: Shape.NOTHING, Op.IS_UNKNOWN: Shape.NOTHING}
_EQUALITY = {
    Op.IS: Shape.ONE,
    Op.IS_NOT: Shape.ONE,
    Op.IS_ANY_OF: Shape.SEVERAL,
    Op.IS_NONE_OF: Shape.SEVERAL,
}
_TIMES = {
    Op.IS: Shape.ONE,
    Op.BEFORE: Shape.ONE,
    Op.AFTER: Shape.ONE,
    Op.BETWEEN: Shape.RANGE,
    Op.IN_LAST: Shape.DAYS,
    Op.LONGER_AGO: Shape.DAYS,
    Op.IN_NEXT: Shape.DAYS,
    Op.ANNIVERSARY_IN_NEXT: Shape.DAYS,
}
COMPARISONS: Mapping[Op, Shape] = {
    Op.IS: Shape.ONE,
    Op.LESS_THAN: Shape.ONE,
    Op.AT_MOST: Shape.ONE,
    Op.MORE_THAN: Shape.ONE,
    Op.AT_LEAST: Shape.ONE,
    Op.BETWEEN: Shape.RANGE,
}
_WORDS = {
    Op.CONTAINS: Shape.ONE,
    Op.CONTAINS_NOT: Shape.ONE,
    Op.STARTS_WITH: Shape.ONE,
    Op.ENDS_WITH: Shape.ONE,
}
_ELEMENTS = {Op.HAS_ANY_OF: Shape.SEVERAL, Op.HAS_ALL_OF: Shape.SEVERAL, Op.HAS_NONE_OF: Shape.SEVERAL}
OPERATORS: Mapping[FieldKind, Mapping[Op, Shape]] = {
    FieldKind.TEXT: {**_EQUALITY, **_WORDS, **_EXISTENCE},
    FieldKind.NUMBER: {**COMPARISONS, Op.IS_NOT: Shape.ONE, **_EXISTENCE},
    FieldKind.DATE: {**_TIMES, **_EXISTENCE},
    FieldKind.MOMENT: {**_TIMES, **_EXISTENCE},
    FieldKind.BOOLEAN: {Op.IS: Shape.ONE, **_EXISTENCE},
    FieldKind.CHOICE: {**_EQUALITY, **_EXISTENCE},
    FieldKind.LIST: {**_ELEMENTS, **_EXISTENCE},
    FieldKind.JSON: _EXISTENCE,
}


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the one in rules: of our own fields theirs, of custom fields `custom.` and the key.

    `options` are what a choice offers; a segment may ask for others, which people may still have.
    """

    name: str
    label: str
    kind: FieldKind
    options: tuple[str, ...] = ()

    @property
    def custom_key(self) -> str:
        """Empty for one of our own."""
        return self.name.removeprefix(CUSTOM) if self.name.startswith(CUSTOM) else ""


CUSTOM = "custom."
OWN_FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("email", "address", FieldKind.TEXT),
        Field("first_name", "first name", FieldKind.TEXT),
        Field("last_name", "last name", FieldKind.TEXT),
        Field("locale", "language", FieldKind.TEXT),
        Field("time_zone", "time zone", FieldKind.TEXT),
        Field("country", "country", FieldKind.CHOICE),
        Field("mailbox_provider", "mailbox provider", FieldKind.CHOICE),
        Field("lifecycle", "lifecycle stage", FieldKind.CHOICE),
        Field("stage_since", "day of reaching their stage", FieldKind.MOMENT),
        Field("score", "engagement score", FieldKind.NUMBER),
        Field("created_at", "day of joining", FieldKind.MOMENT),
        Field("engaged_at", "last open or click", FieldKind.MOMENT),
    )
}


def custom_field(key: str, label: str, kind: str, options: tuple[str, ...] = ()) -> Field:
    return Field(CUSTOM + key, label, FieldKind(kind), options)
