"""Hides Liquid behind plain words while markup is compiled, and puts it back where it belongs."""

import re
from collections.abc import Callable
from typing import Literal

from templates_app.rules.liquid.analysis import LIQUID
from templates_app.rules.liquid.filters import URL_FILTERS

# Where a value has come to stand decides how it must be filtered:
# p in text or a plain attribute, s at the start of a URL, u further inside one, c in CSS.
Mode = Literal["p", "s", "u", "c"]
_FILTER_OF = {"s": "safe_url", "u": "url_part", "c": "css_value"}
_VALUE = re.compile(r"\{\{(-?)\s*(.*?)\s*(-?)\}\}", re.DOTALL)
_BRACES = re.compile(r"\{\{|\{%|\}\}|%\}")


class Placeholders:
    """The Liquid taken out of one template, by number. A placeholder is a word such as `lqx12p`."""

    def __init__(self, *sources: str) -> None:
        self.prefix = "lqx"
        while any(self.prefix in source for source in sources):
            self.prefix += "x"
        self._originals: list[str] = []
        self.pattern = re.compile(rf"{self.prefix}(\d+)([psuc])")
        self._anywhere = re.compile(rf"<!--{self.prefix}(\d+)()-->|{self.prefix}(\d+)([psuc])")
        self._literal = re.compile(rf"\{{(?=\{{|%|{self.prefix})")

    def add(self, liquid: str) -> str:
        """Hides one piece of Liquid; returns its placeholder."""
        self._originals.append(liquid)
        return f"{self.prefix}{len(self._originals) - 1}p"

    def protect(self, source: str) -> str:
        """The source with every piece of Liquid hidden; comments are gone, `raw` stands for what it holds."""

        def hide(found: re.Match[str]) -> str:
            if found.lastgroup != "verbatim":
                return self.add(found[0])
            if found[2] == "comment":
                # White space, so that what stood on both sides does not grow together to new Liquid.
                return "\n" * found[0].count("\n") or " "
            return _BRACES.sub(lambda brace: self.add(literal(brace[0])), found["inside"])

        return LIQUID.sub(hide, source)

    def original(self, placeholder: re.Match[str]) -> str:
        return self._originals[int(placeholder[1])]

    def is_control(self, placeholder: re.Match[str]) -> bool:
        """Whether it hides `{% … %}` rather than a value or a literal brace."""
        original = self.original(placeholder)
        return original.startswith("{%") and "endraw" not in original

    def with_modes(self, text: str, mode_at: Callable[[str], Mode]) -> str:
        """Marks each value with the mode that its place asks for; `mode_at` gets the text before it."""
        return self.pattern.sub(lambda found: f"{self.prefix}{found[1]}{mode_at(text[: found.start()])}", text)

    def restore(self, text: str) -> str:
        """Puts the Liquid back; braces that were never Liquid are made safe from being read as such."""
        text = self._literal.sub(lambda _: literal("{"), text)
        return self._anywhere.sub(self._restored, text)

    def source_before(self, text: str) -> str:
        """The source that became `text`, for counting lines."""
        return self.pattern.sub(self.original, text)

    def _restored(self, found: re.Match[str]) -> str:
        original, mode = self._originals[int(found[1] or found[3])], found[4]
        value = _VALUE.fullmatch(original)
        if not value or mode not in _FILTER_OF:
            return original
        left, expression, right = value.groups()
        if expression.rsplit("|", 1)[-1].strip() in URL_FILTERS and mode == "u":
            return original
        return f"{{{{{left} {expression} | {_FILTER_OF[mode]} {right}}}}}"


def literal(text: str) -> str:
    """Text that Liquid shall leave alone."""
    return f"{{% raw %}}{text}{{% endraw %}}"
