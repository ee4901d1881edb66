"""Short messages that an htmx answer sends along, as the event `toast` that `static/app/shell/toasts.js` hears."""

import json
from typing import Any

from django.http.response import HttpResponseBase


def add_toast(response: HttpResponseBase, words: str, *, is_bad: bool = False) -> None:
    """Adds to what the answer says already; errors stay until somebody dismisses them."""
    events: dict[str, Any] = json.loads(response.headers.get("HX-Trigger", "{}"))
    events.setdefault("toast", {"toasts": []})["toasts"].append({"text": words, "bad": is_bad})
    response.headers["HX-Trigger"] = json.dumps(events)
