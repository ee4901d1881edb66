"""Finds the branches of a mail: each condition on the contact, with values that lead into it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_CONDITION_TAG = re.compile(r"\{%-?\s*(?:if|elsif|unless)\s+(.*?)-?%\}", re.DOTALL)
_CASE = re.compile(r"\{%-?\s*case\s+contact\.([\w.]+)\s*-?%\}(.*?)\{%-?\s*endcase\s*-?%\}", re.DOTALL)
_WHEN = re.compile(r"\{%-?\s*when\s+(.*?)-?%\}", re.DOTALL)
_COMPARISON = re.compile(
    r"""contact\.(?P<path>\w+(?:\.\w+)*)
    (?:\s*(?P<operator>==|!=|<>|>=|<=|>|<|contains)\s*(?P<value>"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false))?""",
    re.VERBOSE,
)
_LITERAL = re.compile(r""""[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false""")
_MOST = 20


@dataclass(frozen=True, slots=True)
class Branch:
    """One way through the mail: its words, and the contact field that has to have this value (None: no value)."""

    label: str
    path: str
    value: Any


def branches(source: str) -> list[Branch]:
    """At most twenty, in order of appearance; for every field also the branch of those who have no value."""
    found: dict[tuple[str, str], Branch] = {}
    for branch in (*_conditions(source), *_cases(source)):
        found.setdefault((branch.path, repr(branch.value)), branch)
    for path in dict.fromkeys(branch.path for branch in found.values()):
        found.setdefault((path, "None"), Branch(f"without {path}", path, None))
    return list(found.values())[:_MOST]


def with_branch(values: Mapping[str, Any], branch: Branch) -> dict[str, Any]:
    """The contact's values, changed so that they lead into the branch."""
    changed = dict(values)
    *parents, last = branch.path.split(".")
    place = changed
    for name in parents:
        inner = place.get(name)
        place[name] = dict(inner) if isinstance(inner, Mapping) else {}
        place = place[name]
    if branch.value is None:
        place.pop(last, None)
    else:
        place[last] = branch.value
    return changed


def _conditions(source: str) -> Iterator[Branch]:
    for tag in _CONDITION_TAG.finditer(source):
        for found in _COMPARISON.finditer(tag[1]):
            path, operator = found["path"], found["operator"]
            if operator is None:
                yield Branch(f"with {path}", path, "Example")
                continue
            value = _literal(found["value"])
            yield Branch(f"{path} {_WORDS.get(operator, operator)} {value}", path, _satisfying(operator, value))


def _cases(source: str) -> Iterator[Branch]:
    for case in _CASE.finditer(source):
        for when in _WHEN.finditer(case[2]):
            for value in _LITERAL.findall(when[1]):
                yield Branch(f"{case[1]} is {_literal(value)}", case[1], _literal(value))


_WORDS = {"==": "is", "!=": "is not", "<>": "is not", ">=": "≥", "<=": "≤"}


def _literal(text: str) -> Any:
    if text[0] in "\"'":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    return float(text) if "." in text else int(text)


def _satisfying(operator: str, value: Any) -> Any:
    if operator in ("!=", "<>"):
        return f"not {value}" if isinstance(value, str) else (not value if isinstance(value, bool) else value + 1)
    if operator == ">" and not isinstance(value, str):
        return value + 1
    if operator == "<" and not isinstance(value, str):
        return value - 1
    return value
