"""Which inputs one condition of the builder has: typed by what it is about, and filled with what stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from subscribers.rules.segments.drafts import Node, NodeKind
from subscribers.rules.segments.fields import COMPARISONS, OPERATORS, FieldKind, Op, Shape
from subscribers.rules.segments.typed import FIELD, joined_values, kind_of, op_of, split_values
from subscribers.types import Purpose
from subscribers.views.audience.segments import words
from subscribers.views.audience.segments.offers import Offer
from subscribers.views.audience.segments.words import Choices, Words
from subscribers.views.audience.words import BASIS_NAMES

ACTIVITIES = "activity-names"
_DAYS = _("days")


@dataclass(frozen=True, slots=True)
class Input:
    """One control. `kind` is select, text, number, date, area or boxes; `reshapes`: other inputs depend on it."""

    name: str
    label: Words
    kind: str
    values: tuple[str, ...] = ()
    groups: Sequence[tuple[Words, Choices]] = ()
    reshapes: bool = False
    before: Words = ""
    after: Words = ""
    hint: Words = ""
    suggestions: str = ""

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def inputs_of(node: Node, offer: Offer) -> list[Input]:
    """From left to right; of a condition, the first one chooses what it is about."""
    if node.kind == NodeKind.PROPERTY:
        return _property(node)
    what = node.text("what")
    choice = Input("what", _("About"), "select", (what,), [("", [("", _("Choose…"))]), *offer.whats], reshapes=True)
    if what.startswith(FIELD):
        return [choice, *_field(node, what.removeprefix(FIELD), offer)]
    return [choice, *(_LEAVES[what](node, offer) if what in _LEAVES else ())]


def _field(node: Node, name: str, offer: Offer) -> list[Input]:
    if name not in offer.known.fields:
        return [_text(node, "value", _("Value"))]
    kind = offer.known.fields[name].kind
    operators = OPERATORS[kind]
    op = op_of(node, operators)
    return [_ops(op, operators), *_values(node, kind, operators[op], offer.options(name))]


def _ops(op: Op, operators: Mapping[Op, Shape]) -> Input:
    choices = [(each.value, words.OPS[each]) for each in operators]
    return Input("op", _("Comparison"), "select", (op.value,), [("", choices)], reshapes=True)


def _values(node: Node, kind: FieldKind, shape: Shape, options: Choices) -> list[Input]:
    if shape == Shape.NOTHING:
        return []
    if shape == Shape.DAYS:
        return [_number(node, "value", _("Days"), "30", after=_DAYS)]
    if shape == Shape.SEVERAL:
        return [_several(node, options)]
    if kind == FieldKind.BOOLEAN:
        return [_select(node, "value", _("Value"), words.YES_NO)]
    if options:
        chosen = node.text("value")
        others = [(chosen, chosen)] if chosen and chosen not in dict(options) else []
        return [_select(node, "value", _("Value"), [*options, *others])]
    first = _value(node, kind, "value", _("Value"))
    return [first, _value(node, kind, "until", _("and"), before=_("and"))] if shape == Shape.RANGE else [first]


def _several(node: Node, options: Choices) -> Input:
    given = node.given.get("value", ())
    if options:
        ticked = tuple(joined_values([value]) for text in given for value in split_values(text))
        boxes = [(joined_values([option]), label) for option, label in options]
        # People may still have what is no longer offered.
        boxes += [(each, each) for each in ticked if each not in dict(boxes)]
        return Input("value", _("Values"), "boxes", ticked, [("", boxes)])
    return Input("value", _("Values"), "area", given, hint=_("With commas between them, or one a line"))


def _value(node: Node, kind: FieldKind, name: str, label: Words, before: Words = "") -> Input:
    kinds = {FieldKind.NUMBER: "number", FieldKind.DATE: "date", FieldKind.MOMENT: "date"}
    return Input(name, label, kinds.get(kind, "text"), node.given.get(name, ()), before=before)


def _text(node: Node, name: str, label: Words, suggestions: str = "", hint: Words = "") -> Input:
    return Input(name, label, "text", node.given.get(name, ()), suggestions=suggestions, hint=hint)


def _number(node: Node, name: str, label: Words, default: str, before: Words = "", after: Words = "") -> Input:
    """What somebody has emptied stays empty."""
    return Input(name, label, "number", node.given.get(name, (default,)), before=before, after=after)


def _select(node: Node, name: str, label: Words, choices: Choices, *, reshapes: bool = False) -> Input:
    return Input(name, label, "select", (node.text(name),), [("", choices)], reshapes=reshapes)


def _list(node: Node, offer: Offer) -> list[Input]:
    return [_select(node, "state", _("Standing"), words.STATES), _select(node, "list", _("List"), offer.lists)]


def _consent(node: Node, offer: Offer) -> list[Input]:
    purpose = _select(node, "purpose", _("Agreed to"), words.PURPOSES, reshapes=True)
    if (node.text("purpose") or Purpose.SUBSCRIPTION) != Purpose.SUBSCRIPTION:
        return [purpose]
    return [
        purpose,
        _select(node, "list", _("List"), offer.lists),
        _number(
            node, "within", _("Ends within days"), "", before=_("and that ends within"), after=_("days, if at all")
        ),
        Input(
            "bases",
            _("On what ground: any, unless you choose"),
            "boxes",
            node.given.get("bases", ()),
            [("", list(BASIS_NAMES.items()))],
        ),
    ]


def _mail(node: Node, offer: Offer) -> list[Input]:
    days = _number(node, "days", _("Days"), "90", before=_("in the last"), after=_DAYS)
    return [_select(node, "act", _("What happened"), words.ACTS), days]


def _last_mails(node: Node, offer: Offer) -> list[Input]:
    campaigns = _number(node, "campaigns", _("Out of"), "10", before=_("of the last"), after=_("campaigns"))
    return [_select(node, "act", _("What happened"), words.ANSWERS), *_count(node, "op", "value", "until"), campaigns]


def _activity(node: Node, offer: Offer) -> list[Input]:
    window = _select(node, "window", _("When"), words.WINDOWS, reshapes=True)
    spans = {
        "days": [_number(node, "days", _("Days"), "180", after=_DAYS)],
        "dates": [
            _value(node, FieldKind.DATE, "since", _("First day")),
            _value(node, FieldKind.DATE, "until", _("Last day"), before=_("to")),
        ],
    }
    return [
        _text(node, "name", _("What they did"), ACTIVITIES, hint=_("Such as ordered")),
        *_optional_count(node, "times", _("How often"), _("any number of times"), _("times")),
        *_optional_count(node, "total", _("For how much in all"), _("for any amount"), _("in all")),
        window,
        *spans.get(node.text("window"), []),
    ]


def _count(node: Node, op: str, first: str, last: str) -> list[Input]:
    chosen = op_of(node, COMPARISONS, op)
    choices = [(each.value, words.COUNTS[each]) for each in COMPARISONS]
    shown = [
        Input(op, _("How many"), "select", (chosen.value,), [("", choices)], reshapes=True),
        _number(node, first, _("Number"), "0"),
    ]
    return [*shown, _number(node, last, _("and"), "", before=_("and"))] if chosen == Op.BETWEEN else shown


def _optional_count(node: Node, name: str, label: Words, none: Words, after: Words) -> list[Input]:
    chosen = node.text(f"{name}_op")
    choices: Choices = [("", none), *((each.value, words.COUNTS[each]) for each in COMPARISONS)]
    shown = [Input(f"{name}_op", label, "select", (chosen,), [("", choices)], reshapes=True)]
    if chosen in COMPARISONS:
        is_range = chosen == Op.BETWEEN
        shown.append(_number(node, name, _("Number"), "1", after="" if is_range else after))
        if is_range:
            shown.append(_number(node, f"{name}_until", _("and"), "", before=_("and"), after=after))
    return shown


def _property(node: Node) -> list[Input]:
    kind = kind_of(node)
    operators = OPERATORS[kind]
    op = op_of(node, operators)
    return [
        _text(node, "key", _("Detail"), hint=_("Such as category")),
        _select(node, "kind", _("Kind of detail"), words.KINDS, reshapes=True),
        _ops(op, operators),
        *_values(node, kind, operators[op], []),
    ]


def _segment(node: Node, offer: Offer) -> list[Input]:
    return [_select(node, "segment", _("Segment"), offer.segments)]


_LEAVES = {
    "list": _list,
    "consent": _consent,
    "mail": _mail,
    "last_mails": _last_mails,
    "activity": _activity,
    "segment": _segment,
}
