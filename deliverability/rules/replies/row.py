"""What a row of the reply table holds."""

from dataclasses import dataclass
from typing import Literal

ReplyKind = Literal[
    "hard",
    "inactive",
    "mailbox_full",
    "soft",
    "block",
    "policy",
    "authentication",
    "content",
    "rate",
    "greylist",
    "other",
]
ReplyAction = Literal["suppress", "retry", "fail", "hold_stream", "throttle"]


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """A row: every pattern that is not empty must match.

    `code` and `enhanced` match whole, `text` anywhere and in any case. `provider` limits a row to one mailbox
    provider; `source` says where it comes from, for whoever reviews it.
    """

    id: str
    kind: ReplyKind
    action: ReplyAction
    source: str
    sample: str
    code: str = ""
    enhanced: str = ""
    text: str = ""
    provider: str = ""
