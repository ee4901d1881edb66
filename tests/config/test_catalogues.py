"""What subscribers read is there in every language that we say we speak."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from tests.config.test_locale import catalogue

ROOT: Path = settings.BASE_DIR
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
# The team's own screens are English: what asks for a permission, and what is not built on the public frame.
TEAM = re.compile(r"permission_required|subscribers\.views\.audience")
PUBLIC = re.compile(r"{% extends \"subscribers/public.html\" %}|<!doctype html>")
_LITERAL = re.compile(r"""(?:_|gettext)\((u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")\)""")
_MARKERS = {"_", "gettext", "gettext_lazy"}


@cache
def asked() -> frozenset[str]:
    """Every sentence that the public pages and mails ask to be translated."""
    found: set[str] = set()
    for path in sorted((ROOT / "subscribers" / "templates").rglob("*.html")):
        if PUBLIC.match(source := path.read_text("utf-8").removeprefix("{% load static i18n %}")):
            found |= {ast.literal_eval(words) for words in _LITERAL.findall(templatize(source))}
    for folder in ("services", "views"):
        for path in sorted((ROOT / "subscribers" / folder).rglob("*.py")):
            source = path.read_text("utf-8")
            if "/audience/" not in path.as_posix() and not TEAM.search(source):
                found |= _in_python(source)
    return frozenset(found)


def _in_python(source: str) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    marked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in _MARKERS and call.args]
    return {str(call.args[0].value) for call in marked if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_doubtful_or_short_of_a_value(language: str) -> None:
    spoken = catalogue(ROOT / "config" / "locale", language)
    assert len(asked()) > 200
    assert sorted(words for words in asked() if not spoken.get(words)) == []
    values = re.compile(r"%\(\w+\)s|</?\w+>")
    crooked = [w for w in asked() if sorted(values.findall(w)) != sorted(values.findall(spoken[w]))]
    assert crooked == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_whole_and_compiled(language: str) -> None:
    folder = ROOT / "config" / "locale" / language / "LC_MESSAGES"
    source = (folder / "django.po").read_text("utf-8")
    assert "fuzzy" not in source
    assert not re.search(r'^msgstr ""\n\n', source, re.MULTILINE)
    # The header counts as one.
    assert len(re.findall(r"^msgid ", source, re.MULTILINE)) == len(catalogue(folder.parents[1], language))
