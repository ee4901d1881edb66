"""Liquid's tags as mail needs them: none may fail at send time, and numbered links are tags of ours."""

from io import StringIO
from typing import Any, Protocol, TextIO, cast

from liquid import RenderContext, TokenStream
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.if_tag import IfNode, IfTag
from liquid.builtin.tags.unless_tag import UnlessNode, UnlessTag
from liquid.exceptions import LiquidInterrupt
from liquid.expression import Expression
from liquid.parser import get_parser
from liquid.tag import Tag
from liquid.token import TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_TAG, Token

# The name under which a render context holds the recipient's Destinations; templates cannot read it.
DESTINATIONS = "_destinations"


class MailText(Protocol):
    """How values stand in one kind of text; the environments in the module above are such."""

    def shown(self, value: Any) -> str: ...

    def unshown(self, text: str) -> str: ...

    def captured(self, text: str) -> str: ...

    def pixel(self, url: str | None) -> str: ...


def value_of(expression: Expression, context: RenderContext) -> object:
    """What the expression yields; whatever fails in it counts as missing, so that a later `default` still helps."""
    try:
        return expression.evaluate(context)
    except Exception:
        if not isinstance(expression, FilteredExpression) or not expression.filters:
            return None
    value = value_of(expression.left, context)
    for applied in expression.filters:
        try:
            value = applied.evaluate(value, context)
        except Exception:
            value = None
    return value


def holds(condition: Expression, context: RenderContext) -> bool:
    """Whether a condition is met; one that cannot be decided (a name > 5) is not."""
    try:
        return bool(condition.evaluate(context))
    except Exception:
        return False


class ValueNode(OutputNode):
    """`{{ … }}`: escaped as the environment says."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = cast(MailText, context.env)
        return buffer.write(text.shown(value_of(self.expression, context)))


class Value(Output):
    node_class = ValueNode


class IfHolds(IfNode):
    """`{% if %}`, `{% elsif %}`, `{% else %}`."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if holds(self.condition, context):
            return self.consequence.render(context, buffer)
        return _render_alternatives(self, context, buffer)


class If(IfTag):
    node_class = IfHolds


class UnlessHolds(UnlessNode):
    """`{% unless %}`."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if not holds(self.condition, context):
            return self.consequence.render(context, buffer)
        return _render_alternatives(self, context, buffer)


class Unless(UnlessTag):
    node_class = UnlessHolds


def _render_alternatives(node: IfNode | UnlessNode, context: RenderContext, buffer: TextIO) -> int:
    for alternative in node.alternatives:
        if holds(alternative.expression, context):
            return alternative.block.render(context, buffer)
    return node.default.render(context, buffer) if node.default else 0


class MailCycleNode(CycleNode):
    """`{% cycle %}`, whose values are escaped like any other."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = cast(MailText, context.env)
        chosen = StringIO()
        super().render_to_output(context, chosen)
        return buffer.write(text.shown(chosen.getvalue()))


class Cycle(CycleTag):
    node_class = MailCycleNode


class MailCaptureNode(CaptureNode):
    """`{% capture %}`: what it holds is escaped already where escaping is due."""

    def _assign(self, context: RenderContext, buf: StringIO) -> None:
        context.assign(self.name, cast(MailText, context.env).captured(buf.getvalue()))


class Capture(CaptureTag):
    node_class = MailCaptureNode


class ContainedNode(Node):
    """Any other tag: what it has written before a failure stays, the rest of the mail goes on."""

    __slots__ = ("inner",)

    def __init__(self, inner: Node) -> None:
        super().__init__(inner.token)
        self.inner = inner
        self.blank = inner.blank

    def __str__(self) -> str:
        return str(self.inner)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        try:
            return self.inner.render(context, buffer)
        except LiquidInterrupt:
            raise
        except Exception:
            return 0

    def children(self, static_context: RenderContext, *, include_partials: bool = True) -> Any:
        return self.inner.children(static_context, include_partials=include_partials)

    def expressions(self) -> Any:
        return self.inner.expressions()

    def template_scope(self) -> Any:
        return self.inner.template_scope()

    def block_scope(self) -> Any:
        return self.inner.block_scope()


def contained(tag: Tag) -> Tag:
    """The same tag, whose nodes cannot stop a mail."""
    parse = tag.parse

    def parse_contained(stream: TokenStream) -> Node:
        return ContainedNode(parse(stream))

    tag.parse = parse_contained  # type: ignore[method-assign]
    return tag


class LinkNode(Node):
    """A numbered link, the unsubscribe or preferences page, or the pixel."""

    __slots__ = ("target",)

    def __init__(self, token: Token, target: str) -> None:
        super().__init__(token)
        self.target = target
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = cast(MailText, context.env)
        return buffer.write(text.shown(context.globals[DESTINATIONS].url(self.target)))  # type: ignore[attr-defined]


class Link(Tag):
    """`{% link 3 %}`, `{% link unsubscribe %}`, `{% link preferences %}`; made by the compiler, refused in sources."""

    name = "link"
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        stream.expect(TOKEN_EXPRESSION)
        return LinkNode(token, stream.current.value)


class PixelNode(Node):
    """The open pixel, where the recipient allows one."""

    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = cast(MailText, context.env)
        return buffer.write(text.pixel(context.globals[DESTINATIONS].pixel_url))  # type: ignore[attr-defined]


class Pixel(Tag):
    """`{% pixel %}`; made by the compiler, refused in sources."""

    name = "pixel"
    block = False

    def parse(self, stream: TokenStream) -> Node:
        return PixelNode(stream.eat(TOKEN_TAG))


class PersonalLinkNode(Node):
    """A link whose target Liquid makes anew for each recipient."""

    __slots__ = ("block",)

    def __init__(self, token: Token, block: Node) -> None:
        super().__init__(token)
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = cast(MailText, context.env)
        made = context.get_buffer(buffer)
        self.block.render(context, made)
        url = text.unshown(made.getvalue()).strip()
        return buffer.write(text.shown(context.globals[DESTINATIONS].personal_url(url)))  # type: ignore[attr-defined]

    def children(self, static_context: RenderContext, *, include_partials: bool = True) -> Any:
        return [self.block]


class PersonalLink(Tag):
    """`{% personal_link %}…{% endpersonal_link %}`; made by the compiler, refused in sources."""

    name = "personal_link"
    end = "endpersonal_link"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        block = get_parser(self.env).parse_block(stream, frozenset({self.end, TOKEN_EOF}))
        stream.expect(TOKEN_TAG, value=self.end)
        return PersonalLinkNode(token, block)
