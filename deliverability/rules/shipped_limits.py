"""How fast each mailbox provider takes mail from one sender: shipped values, each with its source.

They hold for ways out that hand every mail straight to the mailbox provider; a relay or an ESP that keeps a queue of
its own paces by itself. No provider publishes a message rate except Yahoo! Japan; a hundred a second is where we begin
with the others, and the adaptive pace finds what each really takes.
"""

from deliverability.rules.lanes import LaneLimits

_KUMO = "KumoMTA's shipped shaping.toml, November 2026"


def _limits(
    connections: int, per_connection: int, per_second: float = 100, source: str = _KUMO
) -> tuple[LaneLimits, str]:
    limits = LaneLimits(
        messages_per_second=per_second,
        burst=max(1, int(per_second)),
        max_connections=connections,
        messages_per_connection=per_connection,
    )
    return limits, source


_DEFAULT = _limits(10, 100)
SHIPPED_LIMITS: dict[str, tuple[LaneLimits, str]] = {
    "google": _limits(5, 50, source=f"{_KUMO}: 5 over all of Gmail and Workspace together"),
    "microsoft": _limits(5, 50),
    "microsoft-business": _limits(5, 50, source=f"{_KUMO}: office365 and mx.microsoft"),
    "yahoo": _limits(10, 20, source=f"{_KUMO}; Yahoo closes a connection silently at its own count"),
    "apple": _limits(10, 5),
    "comcast": _limits(25, 1000),
    "orange": _limits(2, 100),
    "mimecast": _limits(10, 100),
    "gmx": _limits(4, 20),
    "yahoo-japan": _limits(2, 20, 10.0),
    "qq": _limits(4, 8),
    "netease": _limits(4, 7),
    # Many servers stand behind this word, each of which sees only its part of our connections.
    "other": _limits(50, 100, 500, source=f"{_KUMO}: 10 and 100/s for each site; five at once are assumed here"),
}


def shipped_limits(mailbox_provider: str) -> LaneLimits:
    return SHIPPED_LIMITS.get(mailbox_provider, _DEFAULT)[0]


def source_of_limits(mailbox_provider: str) -> str:
    return SHIPPED_LIMITS.get(mailbox_provider, _DEFAULT)[1]
