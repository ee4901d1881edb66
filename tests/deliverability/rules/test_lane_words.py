"""What has changed a lane's pace, told as people tell it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from deliverability.rules.lane_words import say_change

AT = datetime(2026, 11, 24, 9, 4, tzinfo=UTC)
SOON, TOMORROW = datetime(2026, 11, 24, 10, 34, tzinfo=UTC), datetime(2026, 11, 25, 9, 4, tzinfo=UTC)
NAME, BUSY = "Outlook and Hotmail", "451 4.7.500 Server busy"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"kind": "limited", "reply": BUSY, "connections": 1, "until": SOON},
            f"{NAME} slowed us at 10:04 Berlin time: “{BUSY}”. Sending 1 connection until 11:34 Berlin time.",
        ),
        (
            {"kind": "suspended", "reply": BUSY, "until": TOMORROW},
            f"{NAME} stopped us at 10:04 Berlin time: “{BUSY}”. Sending nothing until 25 Nov 2026, 10:04 Berlin time.",
        ),
        (
            {"kind": "slower", "reply": BUSY, "rate": 0.5},
            f"{NAME} slowed us at 10:04 Berlin time: “{BUSY}”. Sending 30 messages per minute and feeling for more.",
        ),
        ({"kind": "recovered"}, "Outlook and Hotmail has taken mail at full speed again since 10:04 Berlin time."),
        ({"kind": "resumed"}, "The team let mail to Outlook and Hotmail go on at 10:04 Berlin time."),
    ],
)
def test_a_change_says_who_said_what_when_and_what_we_do(change: dict[str, Any], words: str) -> None:
    assert say_change("microsoft", at=AT, zone="Europe/Berlin", **change) == words
