"""Reads Liquid without running it: what it uses, and what is wrong with it, by line."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from templates_app.errors import Problem
from templates_app.rules.liquid.environment import SOURCE, TAGS

LIQUID = re.compile(
    r"(?P<verbatim>\{%-?\s*(raw|comment)\s*-?%\}(?P<inside>.*?)\{%-?\s*end\2\s*-?%\})"
    r"|\{\{.*?\}\}|\{%.*?%\}",
    re.DOTALL,
)
_TAG = re.compile(r"\{%-?\s*(\w*)(.*?)-?%\}", re.DOTALL)
_BLOCKS = {"if": "endif", "unless": "endunless", "case": "endcase", "for": "endfor", "capture": "endcapture"}
_MIDDLES = {"else": ("if", "unless", "case", "for"), "elsif": ("if", "unless"), "when": ("case",)}
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&apos;": "'", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))

# Merge tags that every mail has, whatever the list.
ALWAYS_KNOWN = frozenset({"unsubscribe_url", "preferences_url", "reconfirm_url"})
_BUILT_IN = frozenset({"now", "today"})
_RESERVED = ALWAYS_KNOWN | {"contact", "organisation", "list"}


@dataclass(frozen=True, slots=True)
class MergeTag:
    """A path that the content reads, and where."""

    path: str
    line: int


def line_of(text: str, index: int) -> int:
    return text.count("\n", 0, index) + 1


def unescape_liquid(source: str) -> str:
    """Turns XML entities inside Liquid into what they stand for: editors write `{% if a &lt; 3 %}`."""
    return LIQUID.sub(lambda found: _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], found[0]), source)


def liquid_problems(source: str, field: str = "source", known_tags: Collection[str] | None = None) -> list[Problem]:
    """Everything that would make this Liquid fail or read a merge tag that nobody has; empty if all is well."""
    if problems := list(_unbalanced(source, field)):
        return problems
    try:
        template = SOURCE.from_string(source)
    except LiquidError as error:
        return [_syntax_problem(source, field, error)]
    problems = [*_unknown_filters(template, source, field), *_reserved_names(template, source, field)]
    if known_tags is not None:
        problems += _unknown_tags(merge_tags(source), known_tags, field)
    return problems


def merge_tags(source: str) -> list[MergeTag]:
    """Every path that the content reads from merge data, in order of appearance."""
    found = {
        MergeTag(".".join(map(str, variable.segments)), line_of(source, variable.span.index))
        for root, variables in SOURCE.from_string(source).analyze(include_partials=False).globals.items()
        if root not in _BUILT_IN
        for variable in variables
    }
    return sorted(found, key=lambda tag: (tag.line, tag.path))


def _unbalanced(source: str, field: str) -> Iterator[Problem]:
    open_blocks: list[tuple[str, int]] = []
    for found in LIQUID.finditer(source):
        if found.lastgroup == "verbatim" or not (tag := _TAG.fullmatch(found[0])):
            continue
        name, line = tag[1], line_of(source, found.start())
        if name in ("raw", "comment"):
            yield Problem(f"{{% {name} %}} is never closed.", f"Write {{% end{name} %}} where it ends.", line, field)
            return
        if name in _BLOCKS:
            open_blocks.append((name, line))
        elif name.startswith("end") and name[3:] in _BLOCKS:
            if not open_blocks:
                yield Problem(
                    f"{{% {name} %}} closes nothing.", f"Remove it, or write {{% {name[3:]} … %}} above.", line, field
                )
                return
            opened, opened_line = open_blocks.pop()
            if _BLOCKS[opened] != name:
                message = f"{{% {name} %}} stands where {{% {opened} %}} of line {opened_line} is still open."
                yield Problem(message, f"Write {{% {_BLOCKS[opened]} %}} first.", line, field)
                return
        else:
            yield from _misplaced(name, tag[2], [block for block, _ in open_blocks], line, field)
    for name, line in open_blocks:
        yield Problem(f"{{% {name} %}} is never closed.", f"Write {{% {_BLOCKS[name]} %}} where it ends.", line, field)


def _misplaced(name: str, rest: str, blocks: list[str], line: int, field: str) -> Iterator[Problem]:
    if name == "else" and rest.strip():
        yield Problem(f"{{% else {rest.strip()} %}} would ignore its condition.", "Write {% elsif … %}.", line, field)
    elif name in _MIDDLES and (not blocks or blocks[-1] not in _MIDDLES[name]):
        yield Problem(
            f"{{% {name} %}} stands in no {{% {_MIDDLES[name][0]} %}}.", "Move it inside, or remove it.", line, field
        )
    elif name in ("break", "continue") and "for" not in blocks:
        yield Problem(f"{{% {name} %}} stands in no loop.", "Move it between {% for %} and {% endfor %}.", line, field)


def _syntax_problem(source: str, field: str, error: LiquidError) -> Problem:
    index = error.token.start_index if error.token else -1
    said = str(error.message)
    line = line_of(source, index) if index >= 0 else _line_of_empty(source)
    if unknown := re.fullmatch(r"unexpected tag '(\w+)'", said):
        close = get_close_matches(unknown[1], (*TAGS, *_BLOCKS.values(), "else", "elsif", "when"), n=1)
        advice = f"Did you mean {{% {close[0]} %}}?" if close else f"A mail may use: {', '.join(TAGS)}."
        return Problem(f"There is no Liquid tag {{% {unknown[1]} %}}.", advice, line, field)
    if "found end of file" in said:
        return Problem("A {{ or {% is never closed.", "Write }} or %} where it ends.", line, field)
    if "found '='" in said:
        return Problem("A single = compares nothing.", 'Write ==, as in {% if contact.tier == "gold" %}.', line, field)
    if "found end of expression" in said or said == "missing expression":
        return Problem(
            "A Liquid tag is empty.",
            'Write what it shows, as in {{ contact.first_name | default: "there" }}.',
            line,
            field,
        )
    if "unexpected '\"'" in said or 'unexpected "\'"' in said:
        return Problem(
            "A quotation mark is never closed.", "Write straight quotes on both sides of the text.", line, field
        )
    return Problem(
        f"This is not valid Liquid: {said}.", 'Compare with {{ contact.first_name | default: "there" }}.', line, field
    )


def _line_of_empty(source: str) -> int | None:
    empty = re.search(r"\{\{-?\s*-?\}\}|\{%-?\s*\w+\s*-?%\}", source)
    return line_of(source, empty.start()) if empty else None


def _unknown_filters(template: BoundTemplate, source: str, field: str) -> Iterator[Problem]:
    for name, spans in template.analyze(include_partials=False).filters.items():
        if name in SOURCE.filters:
            continue
        close = get_close_matches(name, SOURCE.filters, n=1)
        advice = f"Did you mean “{close[0]}”?" if close else "Remove it."
        for span in spans:
            yield Problem(f"There is no filter “{name}”.", advice, line_of(source, span.index), field)


def _reserved_names(template: BoundTemplate, source: str, field: str) -> Iterator[Problem]:
    analysis = template.analyze(include_partials=False)
    for name, variables in analysis.locals.items():
        if name in _RESERVED or name.startswith("_"):
            line = line_of(source, variables[0].span.index)
            yield Problem(f"“{name}” is Sendwell's own name and cannot be set.", "Choose another name.", line, field)
    for name, variables in analysis.globals.items():
        if name.startswith("_"):
            line = line_of(source, variables[0].span.index)
            yield Problem(f"There is no merge tag “{name}”.", "Names do not begin with an underscore.", line, field)


def _unknown_tags(tags: list[MergeTag], known_tags: Collection[str], field: str) -> Iterator[Problem]:
    known = ALWAYS_KNOWN | set(known_tags)
    for tag in tags:
        if tag.path in known or any(tag.path.startswith(f"{path}.") for path in known):
            continue
        close = get_close_matches(tag.path, known, n=2, cutoff=0.7)
        advice = f"Did you mean {' or '.join(close)}?" if close else f"Known are: {', '.join(sorted(known))}."
        yield Problem(f"There is no merge tag {{{{ {tag.path} }}}}.", advice, tag.line, field)
