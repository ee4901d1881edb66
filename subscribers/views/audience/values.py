"""How values of people's fields read on screens."""

import json
from typing import Any

from django.utils.translation import gettext as _


def shown(value: Any) -> Any:
    """Custom fields come from JSON; True is a yes here, and 1 is a number."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
