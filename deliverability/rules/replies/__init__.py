"""What a server's reply means and what to do about it: one table, the first row that matches decides."""

from deliverability.rules.replies.matching import ReplyVerdict, classify_reply, matching_rule, split_reply
from deliverability.rules.replies.normalising import normalise_reply
from deliverability.rules.replies.row import ReplyAction, ReplyKind, ReplyRule
from deliverability.rules.replies.table import CATCH_ALL, REPLY_RULES

__all__ = [
    "CATCH_ALL",
    "REPLY_RULES",
    "ReplyAction",
    "ReplyKind",
    "ReplyRule",
    "ReplyVerdict",
    "classify_reply",
    "matching_rule",
    "normalise_reply",
    "split_reply",
]
