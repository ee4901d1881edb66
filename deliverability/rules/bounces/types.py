"""What a mail that came back to us says, as the readers of this package hand it on."""

from dataclasses import dataclass, field
from typing import Literal

from deliverability.rules.replies import ReplyAction

BounceClass = Literal[
    "hard", "soft", "mailbox-full", "block", "policy", "spam", "feedback", "auto-reply", "delivered", "other"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One recipient and what became of the mail to them.

    `recipient` is empty where the report hides it. `status` is the enhanced status (RFC 3463) as far as it is told,
    or the type of a feedback report (RFC 5965: abuse, fraud, not-spam …). `words` are the server's own. `tokens` are
    strings out of the report's own message that may be keyed tokens of ours, the likeliest first. `is_final` is False
    while the server still tries.
    """

    recipient: str
    kind: BounceClass
    status: str = ""
    code: int = 0
    words: str = ""
    action: ReplyAction = "fail"
    rule: str = ""
    is_final: bool = True
    tokens: tuple[str, ...] = field(default=(), repr=False)
