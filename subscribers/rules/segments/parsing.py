"""Makes a typed tree of the JSON that a builder or a program sends."""

from collections.abc import Callable, Mapping

from subscribers.errors import RulesRefused
from subscribers.rules.segments.fields import COMPARISONS, OPERATORS, Field, FieldKind, Op, Shape
from subscribers.rules.segments.reading import MOST_DAYS, Reader, boolean_of, date_of, number_of, text_of
from subscribers.rules.segments.tree import (
    Act,
    ActivityRule,
    AllOf,
    AnyOf,
    ConsentRule,
    FieldRule,
    Known,
    LastMailsRule,
    ListRule,
    MailRule,
    Not,
    PropertyTest,
    Rule,
    Scalar,
    SegmentRule,
    Test,
    Value,
    Window,
    leaves,
)
from subscribers.types import Basis, Purpose, SubscriptionState

MOST_CAMPAIGNS = 20
_DEEPEST = 8
_MOST_LEAVES = 60
_SCALARS: Mapping[FieldKind, Callable[[object, str], Scalar]] = {
    FieldKind.TEXT: text_of,
    FieldKind.CHOICE: text_of,
    FieldKind.LIST: text_of,
    FieldKind.NUMBER: number_of,
    FieldKind.DATE: date_of,
    FieldKind.MOMENT: date_of,
    FieldKind.BOOLEAN: boolean_of,
}
_TRACKING = (Purpose.OPEN_TRACKING, Purpose.CLICK_TRACKING)


def parse_rules(data: object, known: Known) -> Rule:
    """The tree of a whole segment. Raises RulesRefused, which names the place of the first mistake."""
    rule = _rule(data, "", known, 0)
    if sum(1 for _ in leaves(rule)) > _MOST_LEAVES:
        raise RulesRefused("", f"A segment holds at most {_MOST_LEAVES} conditions. Make a segment of some of them.")
    return rule


def _rule(data: object, place: str, known: Known, depth: int) -> Rule:
    if depth > _DEEPEST:
        raise RulesRefused(place, f"Groups are nested more than {_DEEPEST} deep. Make a segment of an inner one.")
    reader = Reader.of(data, place)
    kind = reader.get("type")
    with reader.whole_object():
        if kind in ("all", "any"):
            return _group(reader, known, depth, is_all=kind == "all")
        if kind == "not":
            return Not(_rule(reader.get("rule"), reader.at("rule"), known, depth + 1))
        if not isinstance(kind, str) or kind not in _LEAVES:
            raise reader.refuse("type", f"Expected one of {', '.join(('all', 'any', 'not', *_LEAVES))}.")
        return _LEAVES[kind](reader, known)


def _group(reader: Reader, known: Known, depth: int, *, is_all: bool) -> Rule:
    parts = tuple(_rule(each, place, known, depth + 1) for each, place in reader.items("rules"))
    # Only the whole may be empty, and means everybody: an empty group inside is one that somebody has not finished.
    if not parts and not (is_all and depth == 0):
        raise reader.refuse("rules", "This group is empty. Add a condition, or take the group away.")
    return AllOf(parts) if is_all else AnyOf(parts)


def _field(reader: Reader, known: Known) -> Rule:
    field = _known_field(reader, known)
    return FieldRule(field, _test(reader, field.kind))


def _known_field(reader: Reader, known: Known) -> Field:
    name = reader.text("field")
    if name not in known.fields:
        raise reader.refuse("field", f"There is no field “{name}” (any more).")
    return known.fields[name]


def _list(reader: Reader, known: Known) -> Rule:
    return ListRule(_list_or_any(reader, known), reader.word("state", SubscriptionState))


def _list_or_any(reader: Reader, known: Known) -> int | None:
    return None if reader.get("list") is None else reader.id("list", known.lists, "list")


def _consent(reader: Reader, known: Known) -> Rule:
    purpose = reader.word("purpose", Purpose)
    if purpose in _TRACKING:
        return ConsentRule(purpose)
    if purpose != Purpose.SUBSCRIPTION:
        raise reader.refuse("purpose", f"Expected one of {', '.join((Purpose.SUBSCRIPTION, *_TRACKING))}.")
    within = reader.get("expires_within")
    return ConsentRule(
        purpose,
        _list_or_any(reader, known),
        _bases(reader),
        None if within is None else reader.whole("expires_within", least=1, most=MOST_DAYS),
    )


def _bases(reader: Reader) -> tuple[Basis, ...]:
    if reader.get("bases") is None:
        return ()
    given = reader.items("bases")
    for value, place in given:
        if value not in list(Basis):
            raise RulesRefused(place, f"Expected one of {', '.join(Basis)}.")
    if not given:
        raise reader.refuse("bases", "Expected at least one, or leave it out for any.")
    return tuple(Basis(value) for value, _ in given)


def _mail(reader: Reader, known: Known) -> Rule:
    return MailRule(reader.word("act", Act), reader.whole("days", least=1, most=MOST_DAYS))


def _last_mails(reader: Reader, known: Known) -> Rule:
    act = reader.word("act", Act)
    if act == Act.SENT:
        raise reader.refuse("act", "Expected opened or clicked.")
    campaigns = reader.whole("campaigns", least=1, most=MOST_CAMPAIGNS)
    return LastMailsRule(act, campaigns, _comparison(reader))


def _activity(reader: Reader, known: Known) -> Rule:
    times = _optional_comparison(reader, "times")
    total = _optional_comparison(reader, "total")
    if times is None and total is None:
        times = Test(FieldKind.NUMBER, Op.AT_LEAST, number_of(1, ""))
    where = () if reader.get("where") is None else tuple(_property(*each) for each in reader.items("where"))
    return ActivityRule(reader.text("name"), times, total, _window(reader), where)


def _window(reader: Reader) -> Window:
    if reader.get("days") is not None:
        return Window(days=reader.whole("days", least=1, most=MOST_DAYS))
    since, until = (
        None if reader.get(key) is None else date_of(reader.get(key), reader.at(key)) for key in ("since", "until")
    )
    if since and until and since > until:
        raise reader.refuse("until", "Expected a day that is not before the first one.")
    return Window(since=since, until=until)


def _property(data: object, place: str) -> PropertyTest:
    with Reader.of(data, place).whole_object() as reader:
        kind = reader.word("kind", FieldKind)
        if kind == FieldKind.MOMENT:
            raise reader.refuse("kind", "Expected date.")
        return PropertyTest(reader.text("key"), _test(reader, kind))


def _segment(reader: Reader, known: Known) -> Rule:
    return SegmentRule(reader.id("segment", known.segments, "segment"))


def _optional_comparison(reader: Reader, key: str) -> Test | None:
    if reader.get(key) is None:
        return None
    with Reader.of(reader.get(key), reader.at(key)).whole_object() as inner:
        return _comparison(inner)


def _comparison(reader: Reader) -> Test:
    return _test(reader, FieldKind.NUMBER, COMPARISONS)


def _test(reader: Reader, kind: FieldKind, operators: Mapping[Op, Shape] | None = None) -> Test:
    allowed = operators or OPERATORS[kind]
    op = reader.get("op")
    if not isinstance(op, str) or op not in allowed:
        raise reader.refuse("op", f"Expected one of {', '.join(allowed)}.")
    return Test(kind, Op(op), _value(reader, kind, allowed[Op(op)]))


def _value(reader: Reader, kind: FieldKind, shape: Shape) -> Value:
    if shape == Shape.NOTHING:
        return None
    if shape == Shape.DAYS:
        return reader.whole("value", least=0, most=MOST_DAYS)
    read = _SCALARS[kind]
    if shape == Shape.ONE:
        return read(reader.get("value"), reader.at("value"))
    values = tuple(read(each, place) for each, place in reader.items("value"))
    if shape == Shape.RANGE and len(values) != 2:
        raise reader.refuse("value", "Expected two values, from and to.")
    if not values:
        raise reader.refuse("value", "Expected at least one value.")
    return values


_LEAVES: Mapping[str, Callable[[Reader, Known], Rule]] = {
    "field": _field,
    "list": _list,
    "consent": _consent,
    "mail": _mail,
    "last_mails": _last_mails,
    "activity": _activity,
    "segment": _segment,
}
