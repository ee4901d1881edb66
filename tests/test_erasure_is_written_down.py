"""Every table of ours has a line that says what an erasure does to it: whoever adds one says it there."""

import re
from pathlib import Path

from django.apps import apps

APPS = ("accounts", "campaigns", "deliverability", "subscribers", "templates_app")


def test_every_table_has_a_line() -> None:
    text = (Path(__file__).parent.parent / "docs" / "erasure.md").read_text(encoding="utf-8")
    told = re.findall(r"`((?:" + "|".join(APPS) + r")\.[A-Z]\w+)`", text)
    ours = {model._meta.label for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS}
    assert set(told) == ours, "Say in docs/erasure.md what an erasure does to it, and see that it does."
    assert len(told) == len(set(told))
