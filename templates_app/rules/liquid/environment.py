"""The Liquid sandbox: no files, no includes, no markup from merge data, bounded time and memory."""

import html
from typing import Any

from liquid import DictLoader, Environment
from liquid.stringify import to_liquid_string
from markupsafe import Markup, escape

from templates_app.rules.liquid import filters, nodes

# The tags that a mail may use. Others read files, write markup of their own or have a simpler twin here.
TAGS = ("if", "unless", "case", "for", "break", "continue", "assign", "capture", "cycle", "increment", "decrement")
# These hand out unescaped markup.
_REFUSED_FILTERS = ("safe", "escapejs")
_SYNTAX = ("content", "output", "illegal", "comment", "#")
_CANNOT_FAIL = (*_SYNTAX, "if", "unless", "break", "continue")
_BREAKS = str.maketrans({"\r": "\n"})
# C0 controls are in no mail on purpose; surrogates cannot be encoded.
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(55296, 57344)))


class MailEnvironment(Environment):
    """Liquid for one kind of text. Errors in merge data are contained; errors in syntax are raised at parse time."""

    block_nesting_limit = 20
    context_depth_limit = 20
    loop_iteration_limit = 2_000
    local_namespace_limit = 500_000
    output_stream_limit = 1_000_000
    suppress_blank_control_flow_blocks = False

    def __init__(self) -> None:
        super().__init__(loader=DictLoader({}))

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=False)
        self.tags = {name: tag for name, tag in self.tags.items() if name in (*TAGS, *_SYNTAX)}
        for tag in (nodes.Value, nodes.If, nodes.Unless, nodes.Cycle, nodes.Capture):
            self.add_tag(tag)
        for name in set(self.tags).difference(_CANNOT_FAIL):
            self.tags[name] = nodes.contained(self.tags[name])
        self._set_up_filters()

    def _set_up_filters(self) -> None:
        for name in _REFUSED_FILTERS:
            del self.filters[name]
        for name in ("replace", "join"):
            size = filters.replaced_size if name == "replace" else filters.joined_size
            self.filters[name] = filters.growing(self.filters[name], size)
        self.filters |= {
            "escape": filters.unescaped,
            "escape_once": filters.escape_once,
            "newline_to_br": filters.unescaped,
            "safe_url": filters.safe_url,
            "url_part": filters.url_part,
            "css_value": filters.css_value,
        }
        self.filters = {name: filters.bounded(function) for name, function in self.filters.items()}

    def shown(self, value: Any) -> str:
        """The value as it stands in this kind of text; line breaks are `\\n`, control characters are gone."""
        return str(plain(value))

    def unshown(self, text: str) -> str:
        """The opposite, for text that was rendered in this environment."""
        return text

    def captured(self, text: str) -> str:
        """What `capture` keeps of text that was rendered in this environment."""
        return text

    def pixel(self, url: str | None) -> str:
        return ""


class CompiledTextEnvironment(MailEnvironment):
    """For the plain-text part and the subject of compiled content."""

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters()
        for tag in (nodes.Link, nodes.Pixel, nodes.PersonalLink):
            self.add_tag(tag)


class CompiledHtmlEnvironment(CompiledTextEnvironment):
    """For the HTML part of compiled content: every value is escaped for text and quoted attributes."""

    def _set_up_filters(self) -> None:
        super()._set_up_filters()
        self.filters["newline_to_br"] = filters.bounded(filters.newline_to_br)

    def shown(self, value: Any) -> str:
        return str(escape(plain(value)))

    def unshown(self, text: str) -> str:
        return html.unescape(text)

    def captured(self, text: str) -> str:
        return Markup(text)  # noqa: S704  Its values were escaped when it was rendered.

    def pixel(self, url: str | None) -> str:
        if not url:
            return ""
        return (
            f'<img src="{escape(url)}" alt="" width="1" height="1" style="display:block;border:0;width:1px;height:1px">'
        )


def plain(value: Any) -> str:
    """A value as text; Markup stays Markup."""
    text = to_liquid_string(value, autoescape=False)
    if text.isprintable():
        return text
    cleaned = text.replace("\r\n", "\n").translate(_BREAKS).translate(_UNPRINTABLE)
    return Markup(cleaned) if isinstance(text, Markup) else cleaned  # noqa: S704  It was markup before.


SOURCE = MailEnvironment()
TEXT = CompiledTextEnvironment()
HTML = CompiledHtmlEnvironment()
