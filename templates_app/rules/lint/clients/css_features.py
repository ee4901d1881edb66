"""Finds caniemail's CSS features in what a page's style sheets and style attributes say."""

import itertools
from collections.abc import Iterator
from typing import Any

import tinycss2

from templates_app.rules.lint.clients.properties import features_of_property
from templates_app.rules.lint.clients.use import Use
from templates_app.rules.lint.css import AtRule, Css, Declaration, Selector, tokens

_GRADIENTS = ("linear-gradient", "radial-gradient", "conic-gradient")
_INTRINSIC = frozenset({"fit-content", "min-content", "max-content"})
_SYSTEM_FONTS = frozenset({"system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace"})
_FUNCTIONS = {
    "calc": "css-unit-calc",
    "var": "css-variables",
    "rgb": "css-rgb",
    "rgba": "css-rgba",
    **dict.fromkeys(("clamp", "min", "max", "light-dark"), ""),
    **dict.fromkeys(("lch", "oklch", "lab", "oklab"), "css-modern-color"),
}
_DISPLAYS = {
    "none": "css-display-none",
    "flex": "css-display-flex",
    "inline-flex": "css-display-flex",
    "grid": "css-display-grid",
    "inline-grid": "css-display-grid",
}
_COMBINATORS = {
    ">": "css-selector-child",
    "+": "css-selector-adjacent-sibling",
    "~": "css-selector-general-sibling",
    "*": "css-selector-universal",
}
# Media features that have tests of their own, by what their prelude says.
_MEDIA = {
    "device-pixel-ratio": "css-at-media-device-pixel-ratio",
    "hover": "css-at-media-hover",
    "orientation": "css-at-media-orientation",
    "prefers-color-scheme": "css-at-media-prefers-color-scheme",
    "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
}
# CSS 2 wrote these with one colon, and programs still take them so.
_OLD_ELEMENTS = frozenset({"before", "after", "first-letter", "first-line"})


def css_features(css: Css) -> Iterator[Use]:
    """Every use, in no particular order; slugs that caniemail does not know may be among them."""
    for declaration in css.declarations:
        for feature in _of_declaration(declaration):
            yield Use(feature, declaration.line, declaration.selector)
    for selector in css.selectors:
        for feature in _of_selector(selector):
            yield Use(feature, selector.line, selector.text)
    for rule in css.at_rules:
        for feature in _of_at_rule(rule):
            yield Use(feature, rule.line, f"@{rule.name} {rule.text}".strip())
    yield from (Use("css-comments", line) for line in css.comments)
    yield from (Use("css-nesting", line) for line in css.nested)


def _of_declaration(declaration: Declaration) -> Iterator[str]:
    if declaration.name.startswith("--"):
        yield "css-variables"
    elif declaration.name == "display":
        yield _DISPLAYS.get(declaration.text.lower(), "css-display")
    else:
        yield from features_of_property(declaration.name)
    if declaration.is_important:
        yield "css-important"
    if declaration.name == "background" and any(token.type == "url" for token in tokens(declaration.values)):
        yield "css-background-image"
    for token in tokens(declaration.values):
        yield from _of_value(token)


def _of_value(token: Any) -> Iterator[str]:
    if token.type == "dimension":
        yield f"css-unit-{token.lower_unit}"
    elif token.type == "percentage":
        yield "css-unit-percent"
    elif token.type == "function":
        yield from _of_function(token)
    elif token.type == "ident":
        name = token.lower_value
        if name == "initial":
            yield "css-unit-initial"
        elif name.removeprefix("-webkit-").removeprefix("-moz-") in _INTRINSIC:
            yield "css-intrinsic-size"
        elif name in _SYSTEM_FONTS:
            yield "css-sytem-ui"


def _of_function(token: Any) -> Iterator[str]:
    name = token.lower_name.removeprefix("-webkit-").removeprefix("-moz-")
    if name in _FUNCTIONS:
        yield _FUNCTIONS[name] or f"css-function-{name}"
    gradient = name.removeprefix("repeating-")
    if gradient in _GRADIENTS:
        yield f"css-{gradient}"
    # rgb(0 0 0 / 50%) carries an alpha channel, as rgba() does.
    if name == "rgb" and any(one == "/" for one in token.arguments):
        yield "css-rgba"


def _of_selector(selector: Selector) -> Iterator[str]:
    parts = list(tokens(selector.tokens))
    before: Any = None
    for at, token in enumerate(parts):
        if token.type == "literal":
            yield from _of_literal(token.value, parts, at)
        elif token.type == "ident" and before != ".":
            if before != ":" and not _is_within_brackets(token, selector):
                yield "css-selector-type"
        elif token.type == "hash":
            yield "css-selector-id"
        elif token.type == "[] block":
            yield "css-selector-attribute"
        elif token.type == "function" and before == ":":
            yield f"css-pseudo-class-{token.lower_name}"
        before = token
    yield from _of_compounds(selector)


def _of_literal(value: str, parts: list[Any], at: int) -> Iterator[str]:
    following = parts[at + 1] if at + 1 < len(parts) else None
    if value == ".":
        yield "css-selector-class"
    elif value == ",":
        yield "css-selector-grouping"
    elif value == "&":
        yield "css-nesting"
    elif value in _COMBINATORS:
        yield _COMBINATORS[value]
    elif value == ":" and following is not None and following.type == "ident":
        is_element = following.lower_value in _OLD_ELEMENTS or (at > 0 and parts[at - 1] == ":")
        yield f"css-pseudo-{'element' if is_element else 'class'}-{following.lower_value}"


def _is_within_brackets(token: Any, selector: Selector) -> bool:
    return any(token in block.content for block in selector.tokens if block.type == "[] block")


def _of_compounds(selector: Selector) -> Iterator[str]:
    """Descendants stand apart by white space alone; chained are two classes or ids without any."""
    for one in tinycss2.serialize(selector.tokens).split(","):
        words = one.replace(">", " > ").replace("+", " + ").replace("~", " ~ ").split()
        for word, following in itertools.pairwise(words):
            if word not in ">+~" and following not in ">+~":
                yield "css-selector-descendant"
        for word in words:
            if word.replace("#", ".").lstrip(".").count(".") and "(" not in word and "[" not in word:
                yield "css-selector-chaining"


def _of_at_rule(rule: AtRule) -> Iterator[str]:
    name = rule.name.removeprefix("-webkit-").removeprefix("-moz-")
    yield f"css-at-{name}"
    if name == "media":
        text = rule.text.lower()
        yield from (feature for words, feature in _MEDIA.items() if words in text)
    for token in tokens(rule.prelude):
        yield from _of_value(token)
