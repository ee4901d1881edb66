"""Finds the row of the table that decides what a reply means."""

import re
from dataclasses import dataclass
from functools import lru_cache

from deliverability.rules.replies.row import ReplyAction, ReplyKind, ReplyRule
from deliverability.rules.replies.table import REPLY_RULES


@dataclass(frozen=True, slots=True)
class ReplyVerdict:
    """`suppress` means that mail to this address is over: nothing else ever suppresses a person."""

    kind: ReplyKind
    action: ReplyAction


_NO_ANSWER = ReplyVerdict("soft", "retry")
_ESCAPE_OR_CAPITAL = re.compile(r"\\.|[A-Z]")


def _lower(pattern: str) -> str:
    return _ESCAPE_OR_CAPITAL.sub(lambda match: match[0] if match[0][0] == "\\" else match[0].lower(), pattern)


# Small letters against small letters: twice as fast as a search that ignores case, and this is in the path of sending.
_COMPILED = tuple(
    (rule, re.compile(rule.code or "..."), re.compile(rule.enhanced or ".*"), re.compile(_lower(rule.text)))
    for rule in REPLY_RULES
)
_ENHANCED_IN_TEXT = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"\s*(?:(\d{3})(?!\d)[ \-:]*)?(?:#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)[ \-:]*)?(.*)", re.DOTALL)
# The name of a mailbox or a host proves nothing: somebody is called spam@ or mailbox-full@.
_ADDRESSES = re.compile(r"\"?[^\s<>\"':;,()\[\]]+\"?@[\w.\-]+")
# Enough for any reply; a hostile one must not keep us busy.
_LONGEST = 2000
_SPACE = re.compile(r"\s+")


def classify_reply(code: int, enhanced: str, text: str, provider: str = "") -> ReplyVerdict:
    """The verdict on a refusal. The basic code alone decides whether to retry: 421 5.7.32 is a 421.

    So a 4xx never suppresses and never fails, and a 5xx is never a plain retry, whatever their words. What speaks of us
    holds or slows the stream with either. `code` 0 (no answer) is a retry. `provider` is the mailbox provider's short
    name, for the rows that hold for one only.
    """
    if code < 400:
        return _NO_ANSWER
    rule = matching_rule(code, enhanced, text, provider)
    return ReplyVerdict(_kind(rule, code), _action(rule, code))


@lru_cache(maxsize=4096)
def matching_rule(code: int, enhanced: str, text: str, provider: str = "") -> ReplyRule:
    """The row that decides; the last one takes what no other knows."""
    # Older servers put the enhanced code in brackets at the end: "(#5.1.1)".
    found = enhanced or _first_enhanced(text)
    words = _SPACE.sub(" ", _ADDRESSES.sub("<>", text[:_LONGEST]).replace("_", " ")).lower()
    for rule, code_pattern, enhanced_pattern, text_pattern in _COMPILED:
        if (
            (not rule.provider or rule.provider == provider)
            and code_pattern.fullmatch(str(code))
            and enhanced_pattern.fullmatch(found)
            and text_pattern.search(words)
        ):
            return rule
    return REPLY_RULES[-1]


def split_reply(reply: str) -> tuple[int, str, str]:
    """Basic code (0 where there is none), enhanced code and text of a reply as it was written down."""
    match = _REPLY.match(reply)
    if not match:
        return 0, "", reply
    return int(match[1] or 0), match[2] or "", match[3]


def _kind(rule: ReplyRule, code: int) -> ReplyKind:
    return "soft" if code < 500 and rule.kind == "hard" else rule.kind


def _action(rule: ReplyRule, code: int) -> ReplyAction:
    if code < 500:
        return "retry" if rule.action in ("suppress", "fail") else rule.action
    return "fail" if rule.action == "retry" else rule.action


def _first_enhanced(text: str) -> str:
    match = _ENHANCED_IN_TEXT.search(text)
    return match[1] if match else ""
