"""Makes values of what somebody typed into one condition of the segment builder."""

import csv
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from subscribers.rules.imports.people import country_of
from subscribers.rules.imports.words import CellRefused
from subscribers.rules.segments.drafts import Node
from subscribers.rules.segments.fields import COMPARISONS, OPERATORS, FieldKind, Op, Shape
from subscribers.rules.segments.tree import Known
from subscribers.types import Purpose

FIELD = "field:"
ANY = "any"
YES = "yes"


class Refused(Exception):
    """`key` is the node's that holds the mistake."""

    def __init__(self, key: str, words: str, *, is_missing: bool = False) -> None:
        super().__init__(words)
        self.key, self.words, self.is_missing = key, words, is_missing


def leaf_of(node: Node, known: Known) -> dict[str, Any]:
    """One condition as JSON, for `parse_rules` to judge. Raises Refused."""
    what = node.text("what")
    if not what:
        raise Refused(node.key, "Choose what it is about.", is_missing=True)
    if what.startswith(FIELD):
        return _field(node, what.removeprefix(FIELD), known)
    if what not in _LEAVES:
        raise Refused(node.key, "Choose what it is about: this is none of the choices.")
    return {"type": what, **_LEAVES[what](node)}


def split_values(text: str) -> list[str]:
    """With commas between them or one a line; a value that holds a comma stands in quotes, as in a CSV."""
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return list(dict.fromkeys(cell.strip() for row in rows for cell in row if cell.strip()))


def joined_values(values: Iterable[str]) -> str:
    """As `split_values` reads it."""
    return ", ".join(_quoted(value) for value in values)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value


def _field(node: Node, name: str, known: Known) -> dict[str, Any]:
    if name not in known.fields:
        raise Refused(node.key, "This field does not exist any more. Choose another, or take the condition away.")
    kind = known.fields[name].kind
    read = _country if name == "country" else _SCALARS[kind]
    return {"type": "field", "field": name, **_test(node, kind, OPERATORS[kind], read)}


def _test(
    node: Node,
    kind: FieldKind,
    operators: Mapping[Op, Shape],
    read: Callable[[Node, str], Any],
    names: tuple[str, str, str] = ("op", "value", "until"),
) -> dict[str, Any]:
    """`names` are those of the operator's input and of those of its values."""
    op, first, last = names
    chosen = op_of(node, operators, op)
    match operators[chosen]:
        case Shape.NOTHING:
            return {"op": chosen.value}
        case Shape.ONE:
            return {"op": chosen.value, "value": read(node, _needed(node, first))}
        case Shape.DAYS:
            return {"op": chosen.value, "value": _whole(node, first)}
        case Shape.RANGE:
            return {"op": chosen.value, "value": [read(node, _needed(node, name)) for name in (first, last)]}
        case Shape.SEVERAL:
            return {"op": chosen.value, "value": [read(node, each) for each in _several(node, first)]}


def op_of(node: Node, operators: Mapping[Op, Shape], name: str = "op") -> Op:
    """The first one while none is chosen, or one that does not fit what is asked of any more."""
    return Op(node.text(name)) if node.text(name) in operators else next(iter(operators))


def kind_of(node: Node) -> FieldKind:
    """Of an activity's property: text until somebody says otherwise."""
    text = node.text("kind")
    return FieldKind(text) if text in set(FieldKind) - {FieldKind.MOMENT} else FieldKind.TEXT


def _needed(node: Node, name: str) -> str:
    text = node.text(name)
    if not text:
        raise Refused(node.key, "Fill in what to compare with.", is_missing=True)
    return text


def _several(node: Node, name: str) -> list[str]:
    """Ticked boxes, or what is typed into one input."""
    values = [value for text in node.given.get(name, ()) for value in split_values(text)]
    if not values:
        raise Refused(node.key, "Fill in at least one value.", is_missing=True)
    return values


def _whole(node: Node, name: str) -> int:
    text = _needed(node, name)
    if not (text.isdecimal() and text.isascii() and len(text) < 10):
        raise Refused(node.key, f"“{text}” is not a whole number.")
    return int(text)


def _number(node: Node, text: str) -> int | float:
    try:
        value = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Refused(node.key, f"“{text}” is not a number.")
    return int(value) if value == value.to_integral_value() else float(value)


def _country(node: Node, text: str) -> str:
    try:
        return country_of(text)
    except CellRefused:
        raise Refused(node.key, f"“{text}” is not a country that we know. Use a code, such as FR.") from None


def _as_typed(node: Node, text: str) -> str:
    return text


def _boolean(node: Node, text: str) -> bool:
    return text == YES


def _chosen_id(node: Node, name: str, what: str) -> int | None:
    """None for any of them."""
    text = node.text(name)
    if text == ANY:
        return None
    if not text:
        raise Refused(node.key, f"Choose a {what}.", is_missing=True)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0


def _list(node: Node) -> dict[str, Any]:
    return {"list": _chosen_id(node, "list", "list"), "state": node.text("state") or "subscribed"}


def _consent(node: Node) -> dict[str, Any]:
    purpose = node.text("purpose") or Purpose.SUBSCRIPTION.value
    if purpose != Purpose.SUBSCRIPTION:
        return {"purpose": purpose}
    found: dict[str, Any] = {"purpose": purpose, "list": _chosen_id(node, "list", "list")}
    if bases := [each for each in node.given.get("bases", ()) if each]:
        found["bases"] = bases
    if node.text("within"):
        found["expires_within"] = _whole(node, "within")
    return found


def _mail(node: Node) -> dict[str, Any]:
    return {"act": node.text("act") or "opened", "days": _whole(node, "days")}


def _last_mails(node: Node) -> dict[str, Any]:
    act = node.text("act") or "opened"
    return {"act": act, "campaigns": _whole(node, "campaigns"), **_test(node, FieldKind.NUMBER, COMPARISONS, _number)}


def _activity(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"name": _needed(node, "name")}
    for name in ("times", "total"):
        if node.text(f"{name}_op"):
            names = (f"{name}_op", name, f"{name}_until")
            found[name] = _test(node, FieldKind.NUMBER, COMPARISONS, _number, names)
    if node.text("window") == "days":
        found["days"] = _whole(node, "days")
    elif node.text("window") == "dates":
        found |= {name: node.text(name) for name in ("since", "until") if node.text(name)}
    if node.parts:
        found["where"] = [_property(part) for part in node.parts]
    return found


def _property(node: Node) -> dict[str, Any]:
    kind = kind_of(node)
    return {"key": _needed(node, "key"), "kind": kind.value, **_test(node, kind, OPERATORS[kind], _SCALARS[kind])}


def _segment(node: Node) -> dict[str, Any]:
    return {"segment": _chosen_id(node, "segment", "segment")}


_SCALARS: Mapping[FieldKind, Callable[[Node, str], Any]] = {
    FieldKind.TEXT: _as_typed,
    FieldKind.CHOICE: _as_typed,
    FieldKind.LIST: _as_typed,
    FieldKind.JSON: _as_typed,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _as_typed,
    FieldKind.MOMENT: _as_typed,
    FieldKind.BOOLEAN: _boolean,
}
_LEAVES: Mapping[str, Callable[[Node], dict[str, Any]]] = {
    "list": _list,
    "consent": _consent,
    "mail": _mail,
    "last_mails": _last_mails,
    "activity": _activity,
    "segment": _segment,
}
