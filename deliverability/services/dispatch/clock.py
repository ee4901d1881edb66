"""Keeps the rhythm of what a drain must do now and then, whatever the mail does."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """Tells when something that recurs is due again."""

    _next: dict[str, float] = field(default_factory=dict)

    def is_time(self, name: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + every
        return True
