"""Liquid expressions as plain Python closures, for the few kinds that make up nearly all merge tags."""

import operator
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from liquid import BoundTemplate, RenderContext, Undefined
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, Path
from liquid.builtin.expressions.arguments import PositionalArgument
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import (
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
    is_truthy,
)
from liquid.builtin.expressions.primitive import FalseLiteral, FloatLiteral, IntegerLiteral, StringLiteral, TrueLiteral
from liquid.expression import Expression

from templates_app.rules.liquid.destinations import Destinations
from templates_app.rules.liquid.nodes import DESTINATIONS, holds, value_of


class Scope:
    """One recipient's values and links while one part of the mail is merged."""

    __slots__ = ("_context", "destinations", "prefix", "template", "values")

    def __init__(
        self, template: BoundTemplate, values: Mapping[str, Any], destinations: Destinations, prefix: bytes
    ) -> None:
        self.template, self.values, self.destinations, self.prefix = template, values, destinations, prefix
        self._context: RenderContext | None = None

    @property
    def context(self) -> RenderContext:
        """Liquid's own context, made only for what the closures cannot do; `assign` lives in it."""
        if self._context is None:
            self._context = RenderContext(self.template, globals={**self.values, DESTINATIONS: self.destinations})
        return self._context

    def with_values(self, values: Mapping[str, Any]) -> "Scope":
        """The same scope reading other values, as a loop's body does."""
        inner = Scope(self.template, values, self.destinations, self.prefix)
        inner._context = self._context
        return inner


_LITERALS = (StringLiteral, IntegerLiteral, FloatLiteral, TrueLiteral, FalseLiteral)
Read = Callable[[Scope], Any]
Test = Callable[[Scope], bool]
# What Liquid computes anew in each context, or treats specially in a path.
_DYNAMIC_ROOTS = frozenset({"now", "today"})
_SPECIAL_KEYS = frozenset({"size", "first", "last"})
_ORDERS: dict[type[Expression], Callable[[Any, Any], bool]] = {
    LtExpression: operator.lt,
    LeExpression: operator.le,
    GtExpression: operator.gt,
    GeExpression: operator.ge,
}


class ExpressionCompiler:
    """Compiles the expressions of one template; `assigned` are the names that the template itself sets."""

    def __init__(self, template: BoundTemplate, assigned: Collection[str]) -> None:
        self.environment = template.env
        self.assigned = frozenset(assigned)

    def value(self, expression: Expression) -> Read:
        """Reads a value; like `value_of`, it never fails."""
        if read := self._simple(expression):
            return read
        return lambda scope: value_of(expression, scope.context)

    def condition(self, expression: Expression) -> Test:
        """Decides a condition; like `holds`, it never fails."""
        if test := self._simple_test(expression):
            return test
        return lambda scope: holds(expression, scope.context)

    def _simple(self, expression: Expression) -> Read | None:
        if isinstance(expression, FilteredExpression):
            left = self._simple(expression.left)
            for applied in expression.filters or ():
                left = left and self._filtered(left, applied)
            return left
        if isinstance(expression, _LITERALS):
            constant = expression.value
            return lambda scope: constant
        return self._path(expression) if isinstance(expression, Path) else None

    def _path(self, path: Path) -> Read | None:
        root, *keys = path.path
        if not isinstance(root, str) or root in self.assigned | _DYNAMIC_ROOTS:
            return None
        if any(not isinstance(key, str) or key in _SPECIAL_KEYS for key in keys):
            return None
        missing: Undefined = self.environment.undefined(root)
        if len(keys) == 1:
            (key,) = keys

            def read_attribute(scope: Scope) -> Any:
                holder = scope.values.get(root)
                if type(holder) is dict:
                    # Most contacts lack most fields, and an exception costs ten times as much as this.
                    return holder.get(key, missing)
                try:
                    return scope.values[root][key]
                except (KeyError, TypeError, IndexError):
                    return missing

            return read_attribute

        def read(scope: Scope) -> Any:
            try:
                found = scope.values[root]
                for key in keys:
                    found = found[key]
            except (KeyError, TypeError, IndexError):
                return missing
            return found

        return read

    def _filtered(self, left: Read, applied: Filter) -> Read | None:
        function = self.environment.filters.get(applied.name)
        if function is None or getattr(function, "with_context", False):
            return None
        if getattr(function, "with_environment", False):
            function = partial(function, environment=self.environment)
        arguments = [
            self._simple(argument.value) if isinstance(argument, PositionalArgument) else None
            for argument in applied.args
        ]
        if not all(arguments):
            return None
        call, reads = function, [argument for argument in arguments if argument]

        def filtered(scope: Scope) -> Any:
            try:
                return call(left(scope), *[read(scope) for read in reads])
            except Exception:
                return None

        if applied.name != "default":
            return filtered

        def defaulted(scope: Scope) -> Any:
            value = left(scope)
            return value if type(value) is str and value else filtered(scope)

        return defaulted

    def _simple_test(self, expression: Expression) -> Test | None:
        if isinstance(expression, BooleanExpression):
            return self._simple_test(expression.expression)
        if isinstance(expression, LogicalAndExpression | LogicalOrExpression):
            left, right = self._simple_test(expression.left), self._simple_test(expression.right)
            if not left or not right:
                return None
            if isinstance(expression, LogicalAndExpression):
                return lambda scope: left(scope) and right(scope)
            return lambda scope: left(scope) or right(scope)
        if isinstance(expression, EqExpression | NeExpression):
            return self._equality(expression)
        if compare := _ORDERS.get(type(expression)):
            return self._order(expression, compare)
        read = self._simple(expression)
        return (lambda scope: is_truthy(read(scope))) if read else None

    def _equality(self, expression: EqExpression | NeExpression) -> Test | None:
        """Text, or nothing, compared with text; anything else is left to Liquid's own rules."""
        read = self._simple(expression.left)
        if not read or not isinstance(expression.right, StringLiteral):
            return None
        wanted, equal = expression.right.value, isinstance(expression, EqExpression)

        def compare(scope: Scope) -> bool:
            value = read(scope)
            if type(value) is str:
                return (value == wanted) is equal
            if value is None or isinstance(value, Undefined):
                return not equal
            return holds(expression, scope.context)

        return compare

    def _order(self, expression: Any, compare: Callable[[Any, Any], bool]) -> Test | None:
        """A whole number compared with a number."""
        read = self._simple(expression.left)
        if not read or not isinstance(expression.right, IntegerLiteral | FloatLiteral):
            return None
        bound = expression.right.value

        def ordered(scope: Scope) -> bool:
            value = read(scope)
            return compare(value, bound) if type(value) is int else holds(expression, scope.context)

        return ordered
