"""Turns what a server said about one recipient into a class, by the table that judges replies in a session."""

import re
from dataclasses import dataclass, replace

from deliverability.rules.bounces.types import BounceClass, Finding
from deliverability.rules.replies import CATCH_ALL, ReplyAction, ReplyKind, ReplyRule, matching_rule
from deliverability.rules.replies.words import NO_MAILBOX

_CLASSES: dict[ReplyKind, BounceClass] = {
    "hard": "hard",
    "inactive": "soft",
    "mailbox_full": "mailbox-full",
    "soft": "soft",
    "rate": "soft",
    "greylist": "soft",
    "block": "block",
    "policy": "policy",
    "authentication": "policy",
    "content": "spam",
    "other": "other",
}
_CODED = re.compile(
    r"(?<![\d.#/\-:@])([45]\d\d)(?:[ \-:;]+|\s*\(?#)(?:['(#]{0,3}([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d))?"
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_VAGUE = re.compile(r"[245]\.(0\.0|5\.0)")
# The body had been taken in and was then refused: the mailbox exists, or nobody would have asked for the body.
_AFTER_DATA = re.compile(
    r"after (end of data|i sent the message|data|the message (was|body))|in reply to (the )?(end of )?data"
    r"|smtp command:?\s+data\b|at end of data|after (sending )?message (body|text)",
    re.IGNORECASE,
)
_AT_RCPT = re.compile(r"\[rcpt_to\]|(in reply to|after) rcpt|does not like recipient|>>> ?rcpt", re.IGNORECASE)
# Before anybody was named, only we can be what they do not like.
_ABOUT_US = re.compile(
    r"(after|in reply to) (ehlo|helo|lhlo|mail from|initial connection|connect)|refused to talk to me|during (ehlo"
    r"|helo|connect)",
    re.IGNORECASE,
)
_REPLY_LINE = re.compile(r"^[ \t]*(?:<<<[ \t]*)?(?:\(reason: )?([45]\d\d)[ \-]", re.MULTILINE)
_NOBODY = re.compile(NO_MAILBOX, re.IGNORECASE)


def class_of(kind: ReplyKind) -> BounceClass:
    """The class of a kind of reply, as reports about mail name it."""
    return _CLASSES[kind]


@dataclass(frozen=True, slots=True)
class Judgement:
    kind: BounceClass
    action: ReplyAction
    status: str
    code: int
    words: str
    rule: str

    def of(self, recipient: str, *, is_final: bool) -> Finding:
        return Finding(
            recipient, self.kind, self.status, self.code, self.words, self.action, self.rule, is_final=is_final
        )


def judge(
    texts: list[str], *, farthest: str = "", status: str = "", is_delay: bool = False, stage: str = ""
) -> Judgement:
    """What the first text that says something means; then the status; then `farthest`, the notice as a whole.

    `texts` go from the nearest to the recipient (the diagnostic) on. A server's own code decides whether it is for
    good, before the status that the reporting server made of it: sendmail turns every 550 into 5.1.1, whatever was
    said. `stage` is text that tells to which SMTP command the reply was.
    """
    status = _first(_STATUS, status)
    said = [piece for text in texts for piece in (*_replies(text), text) if piece.strip()]
    for text in said:
        if found := _by_words(text, status, is_delay, stage):
            return found
    words = said[0] if said else farthest
    code, enhanced = _codes(words, status, is_delay)
    if status and not _VAGUE.fullmatch(status):
        rule = matching_rule(code, status, "")
        if rule.id not in CATCH_ALL:
            return _judgement(rule, code, status, words, status, stage)
    if found := _by_words(farthest, status, is_delay, stage):
        return found
    unknown = _judgement(matching_rule(code, "", ""), code, enhanced or status, words, "", stage)
    return replace(unknown, kind="block") if _ABOUT_US.search(stage) else unknown


def _replies(text: str) -> list[str]:
    """The replies in a transcript, each with all of its lines, refusals for good before those for now."""
    replies: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if match := _REPLY_LINE.match(line):
            replies.setdefault(match[1], []).append(line.strip(" <\t"))
    # "503 need RCPT" only follows from the refusal before it; a first server's 4xx from the second one's 5xx.
    final_first = sorted((code for code in replies if code != "503"), key=lambda code: code[0] != "5")
    return ["\n".join(replies[code]) for code in final_first] if "\n" in text else []


def _by_words(text: str, status: str, is_delay: bool, stage: str) -> Judgement | None:
    code, enhanced = _codes(text, status, is_delay)
    rule = matching_rule(code, enhanced, text)
    if rule.id in CATCH_ALL:
        return None
    return _judgement(rule, code, enhanced or status, text, enhanced, stage or text)


def _codes(text: str, status: str, is_delay: bool) -> tuple[int, str]:
    found = _CODED.search(text)
    enhanced = (found[2] if found else "") or _first(_STATUS, text)
    if is_delay or (not found and (enhanced or status)[:1] == "4"):
        return 450, enhanced
    return (int(found[1]) if found else 550), enhanced


def _judgement(rule: ReplyRule, code: int, status: str, words: str, enhanced: str, stage: str) -> Judgement:
    kind, action = rule.kind, rule.action
    if rule.id == "mailbox-off" and _AT_RCPT.search(stage) and _NOBODY.search(words):
        # X.2.1 is "disabled", but these words to this command leave nothing to guess.
        kind, action = "hard", "suppress"
    elif _is_by_words(rule, enhanced or status) and _AFTER_DATA.search(stage):
        kind, action = "soft", "fail"
    if code < 500 and kind in ("hard", "mailbox_full"):
        kind, action = ("soft", "retry") if kind == "hard" else (kind, "retry")
    return Judgement(class_of(kind), action, status, code, words.strip(), rule.id)


def _is_by_words(rule: ReplyRule, status: str) -> bool:
    """Whether nothing but the words says that nobody lives there; Yahoo's are as good as a code."""
    return rule.kind == "hard" and not status.startswith("5.1.") and rule.id != "yahoo-nobody"


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
