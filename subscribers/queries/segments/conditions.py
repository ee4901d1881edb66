"""Pieces of SQL with their parameters, and how they join: no value is ever part of the text."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Piece(NamedTuple):
    """SQL of our own with a %s for each parameter.

    `is_certain`: as a condition it is never NULL. The others are NULL where a value is missing, which counts as no.
    """

    sql: str
    params: tuple[Any, ...] = ()
    is_certain: bool = False


def certain(sql: str, *params: Any) -> Piece:
    return Piece(sql, params, is_certain=True)


def applied(template: str, value: Piece, *params: Any, is_certain: bool = False) -> Piece:
    """`value` in the place of each {}; `params` stand for what follows the last one."""
    return Piece(template.replace("{}", value.sql), value.params * template.count("{}") + params, is_certain)


def denied(condition: Piece) -> Piece:
    """Whoever does not meet it, a missing value included; where none can be, plain NOT lets the planner see through."""
    sql = f"NOT ({condition.sql})" if condition.is_certain else f"({condition.sql}) IS NOT TRUE"
    return Piece(sql, condition.params, is_certain=True)


def joined(word: str, conditions: Iterable[Piece], *, empty: str) -> Piece:
    """All (AND) or any (OR) of them; `empty` is what none of them mean."""
    found = list(conditions)
    if not found:
        return certain(empty)
    if len(found) == 1:
        return found[0]
    sql = f" {word} ".join(f"({each.sql})" for each in found)
    return Piece(sql, tuple(value for each in found for value in each.params), all(each.is_certain for each in found))
