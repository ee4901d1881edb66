"""A part of a mail as pieces that are encoded already, and slots that differ by recipient."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

from liquid import BoundTemplate
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForLoop, ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode

from templates_app.rules.liquid.environment import MailEnvironment
from templates_app.rules.liquid.nodes import ContainedNode, LinkNode, PixelNode
from templates_app.rules.merge.expressions import ExpressionCompiler, Scope, Test
from templates_app.rules.merge.quoted_printable import encode, encode_value

Slot = Callable[[Scope], bytes]


class Program:
    """Pieces in order; those at the slots' positions are made per recipient."""

    __slots__ = ("pieces", "runs", "slots")

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.slots: list[tuple[int, Slot]] = []
        self.runs: list[tuple[int, list[bytes]]] = []

    def render(self, scope: Scope) -> bytes:
        pieces, prefix = self.pieces.copy(), scope.prefix
        for position, run in self.runs:
            pieces[position] = prefix.join(run)
        for position, slot in self.slots:
            pieces[position] = slot(scope)
        return b"".join(pieces)

    def add_run(self, run: list[str]) -> None:
        """Texts between which the click prefix stands: the most frequent slot of all, so one join serves them all."""
        if len(run) > 1:
            self.runs.append((len(self.pieces), [encode(text) for text in run]))
        self.pieces.append(b"" if len(run) > 1 else encode(run[0]))

    def add_slot(self, slot: Slot) -> None:
        self.slots.append((len(self.pieces), slot))
        self.pieces.append(b"")


class ProgramBuilder:
    """Turns one template into a Program: `tracked` with click prefixes in slots, else with the targets themselves."""

    def __init__(self, template: BoundTemplate, targets: Sequence[str], *, tracked: bool) -> None:
        self.environment = cast(MailEnvironment, template.env)
        self.targets, self.tracked = targets, tracked
        self.expressions = ExpressionCompiler(template, template.analyze(include_partials=False).locals)

    def build(self, nodes: Sequence[Node]) -> Program:
        program, run = Program(), [""]
        for node in nodes:
            if isinstance(node, ContentNode):
                run[-1] += node.text
            elif isinstance(node, LinkNode) and node.target.isdigit():
                if self.tracked:
                    run.append(node.target)
                else:
                    run[-1] += self.environment.shown(self.targets[int(node.target)])
            else:
                program.add_run(run)
                program.add_slot(self._slot(node))
                run = [""]
        program.add_run(run)
        return program

    def _slot(self, node: Node) -> Slot:
        if isinstance(node, OutputNode):
            return self._value(node)
        if isinstance(node, IfNode | UnlessNode):
            return self._branches(node)
        if isinstance(node, LinkNode):
            target, shown = node.target, self.environment.shown
            return lambda scope: encode(shown(scope.destinations.url(target)))
        if isinstance(node, PixelNode):
            return self._pixel()
        if isinstance(node, ContainedNode) and isinstance(node.inner, ForNode) and not _interrupts(node.inner.block):
            return self._loop(node.inner)
        return lambda scope: encode_value(render_node(node, scope))

    def _pixel(self) -> Slot:
        shown, mark = self.environment.shown, "\n"
        before, _, after = self.environment.pixel(mark).partition(mark)
        start, end = encode(before), encode(after)

        def write(scope: Scope) -> bytes:
            url = scope.destinations.pixel_url
            return start + encode(shown(url)) + end if url and start else b""

        return write

    def _value(self, node: OutputNode) -> Slot:
        read, shown = self.expressions.value(node.expression), self.environment.shown
        remembered = _remembering(self.environment)

        def write(scope: Scope) -> bytes:
            value = read(scope)
            return remembered(value) if type(value) is str and len(value) < 100 else encode(shown(value))

        return write

    def _branches(self, node: IfNode | UnlessNode) -> Slot:
        first = self.expressions.condition(node.condition)
        is_unless = isinstance(node, UnlessNode)
        test: Test = (lambda scope: not first(scope)) if is_unless else first
        branches: list[tuple[Test, Program]] = [(test, self._block(node.consequence))]
        branches += [
            (self.expressions.condition(alternative.expression), self._block(alternative.block))
            for alternative in node.alternatives
        ]
        otherwise = self._block(node.default) if node.default else None

        def choose(scope: Scope) -> bytes:
            for holds, program in branches:
                if holds(scope):
                    return program.render(scope)
            return otherwise.render(scope) if otherwise else b""

        return choose

    def _loop(self, node: ForNode) -> Slot:
        """`{% for %}` with a body that is encoded already; the iteration itself stays Liquid's."""
        name, label = node.expression.identifier, f"{node.expression.identifier}-{node.expression.iterable}"
        body = self._block(node.block)
        otherwise = self._block(node.default) if node.default else None

        def repeat(scope: Scope) -> bytes:
            context, out, size = scope.context, [], 0
            try:
                items, length = node.expression.evaluate(context)
                if not length:
                    return otherwise.render(scope) if otherwise else b""
                loop = ForLoop(label, items, length, context.parentloop())
                own_names: dict[str, Any] = {"forloop": loop, name: None}
                values = {**scope.values, **own_names}
                inner = scope.with_values(values)
                with context.loop(own_names, loop):
                    for item in loop:
                        own_names[name] = values[name] = item
                        out.append(body.render(inner))
                        size += len(out[-1])
                        if size > MailEnvironment.output_stream_limit:
                            break
            except Exception:  # noqa: S110  As in ContainedNode: what was written stays.
                pass
            return b"".join(out)

        return repeat

    def _block(self, block: BlockNode) -> Program:
        return self.build(block.nodes)


class Words:
    """A line of text, such as the subject, merged to text and not yet encoded."""

    def __init__(self, template: BoundTemplate) -> None:
        environment = cast(MailEnvironment, template.env)
        expressions = ExpressionCompiler(template, template.analyze(include_partials=False).locals)
        self._parts = [_words_of(node, expressions, environment) for node in template.nodes]

    def render(self, scope: Scope) -> str:
        return "".join([part(scope) for part in self._parts])


def _words_of(node: Node, expressions: ExpressionCompiler, environment: MailEnvironment) -> Callable[[Scope], str]:
    if isinstance(node, ContentNode):
        text = node.text
        return lambda scope: text
    if isinstance(node, OutputNode):
        read = expressions.value(node.expression)
        return lambda scope: environment.shown(read(scope))
    return lambda scope: render_node(node, scope)


def _interrupts(block: BlockNode) -> bool:
    """Whether a loop's body may end it early, which only Liquid's own rendering can follow."""
    return any(isinstance(node, BreakNode | ContinueNode) or _interrupts_below(node) for node in block.nodes)


def _interrupts_below(node: Node) -> bool:
    if isinstance(node, IfNode | UnlessNode):
        blocks = [node.consequence, *(alternative.block for alternative in node.alternatives)]
        return any(_interrupts(block) for block in (*blocks, *([node.default] if node.default else [])))
    return isinstance(node, ContainedNode) and not isinstance(node.inner, ForNode | AssignNode)


def render_node(node: Node, scope: Scope) -> str:
    """What Liquid makes of a node; what it had written before a failure stands."""
    buffer = scope.context.get_buffer()
    try:
        node.render(scope.context, buffer)
    except Exception:  # noqa: S110  Merge data cannot stop a campaign; see value_of.
        pass
    return buffer.getvalue()


@lru_cache(maxsize=8)
def _remembering(environment: MailEnvironment) -> Callable[[str], bytes]:
    @lru_cache(maxsize=16_384)
    def remembered(value: str) -> bytes:
        return encode(environment.shown(value))

    return cast(Callable[[Any], bytes], remembered)
