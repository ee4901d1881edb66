"""What the editor completes is what the compiler knows."""

import json
import re

from django.conf import settings

from templates_app.rules.liquid import environment
from templates_app.rules.mjml import vocabulary

WORDS = (settings.BASE_DIR / "static/app/editor/vocabulary.js").read_text(encoding="utf-8")


def listed(name: str) -> set[str]:
    found = re.search(rf"export const {name} = (\[.*?\]);", WORDS)
    assert found
    return set(json.loads(found[1]))


def test_every_mjml_tag_is_completed_and_no_other() -> None:
    assert set(re.findall(r'^  "([\w-]+)": tag\(', WORDS, re.MULTILINE)) == set(vocabulary.TAGS)


def test_every_liquid_word_compiles() -> None:
    bare = {re.sub("^end", "", tag) for tag in listed("LIQUID_TAGS")} - {"elsif", "else", "when", "raw", "comment"}
    assert bare <= set(environment.TAGS)
    assert listed("FILTERS") <= set(environment.HTML.filters)
