"""What a server's reply means and what to do about it: one table, the first row that matches decides.

Sources: Google's, Yahoo's and Microsoft's published SMTP errors (November 2026), RFC 3463, RFC 5321 4.2.
"""

import re
from dataclasses import dataclass
from typing import Literal

ReplyKind = Literal[
    "hard", "mailbox_full", "soft", "block", "policy", "authentication", "content", "rate", "greylist", "other"
]
ReplyAction = Literal["suppress", "retry", "fail", "hold_stream", "throttle"]


@dataclass(frozen=True, slots=True)
class ReplyVerdict:
    """`suppress` means that this mailbox does not exist: nothing else ever suppresses a person."""

    kind: ReplyKind
    action: ReplyAction


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """A row: every pattern that is not empty must match. `enhanced` matches whole, `text` anywhere, any case."""

    kind: ReplyKind
    action: ReplyAction
    source: str
    code: str = ""
    enhanced: str = ""
    text: str = ""


# The order matters: what speaks of us (authentication, reputation, rate) comes before what speaks of the recipient,
# because servers put "mailbox unavailable" in front of nearly anything.
REPLY_RULES: tuple[ReplyRule, ...] = (
    ReplyRule(
        "authentication",
        "hold_stream",
        "Gmail: PTR, SPF, TLS, DKIM, DMARC; the same fault has two codes on two of its pages",
        enhanced=r"[45]\.7\.(2[0-79]|3[0-2]|40)",
    ),
    ReplyRule("authentication", "hold_stream", "Microsoft: DMARC and required level", enhanced=r"5\.7\.(509|515)"),
    ReplyRule(
        "authentication",
        "hold_stream",
        "All: named checks of the sender's domain",
        text=r"\b(spf|dkim|dmarc)\b|unauthenticated|reverse dns|\bptr\b|purported responsible|anti-?spoofing"
        r"|not pass(ed)? authentication|domain of sender .*resolve|sender('s)? domain .*(resolve|not (found|exist))",
    ),
    ReplyRule("authentication", "hold_stream", "Our own log-in at the relay", code="530|534|535|538"),
    ReplyRule("greylist", "retry", "RFC 6647", text=r"gr[ea]y-?list|\bpostgrey\b"),
    ReplyRule("block", "hold_stream", "Yahoo: a retry will not succeed", text=r"\[TSS(09|11)\]|\[BL\d\d\]"),
    ReplyRule("rate", "throttle", "Yahoo: volume or complaints", text=r"\[(TSS|TS|IPTS)\d\d\]"),
    ReplyRule("rate", "throttle", "Gmail: per IP, domain, URL or Message-ID", enhanced=r"4\.7\.28"),
    ReplyRule("rate", "throttle", "Microsoft: reputation or busy", code="4..", enhanced=r"4\.7\.(5\d\d|6[45]\d|7\d\d)"),
    ReplyRule(
        "block",
        "hold_stream",
        "Microsoft: on its block lists",
        enhanced=r"5\.7\.(511|60[6-9]|6[1-4]\d)",
    ),
    ReplyRule("block", "hold_stream", "Microsoft: network blocked", text=r"\bS31[45]0\b"),
    ReplyRule("block", "hold_stream", "Gmail: unsolicited mail from our address", code="5..", enhanced=r"5\.7\.28"),
    ReplyRule(
        "block",
        "hold_stream",
        "All: block lists by name and kind",
        text=r"spamhaus|\bsorbs\b|spamcop|barracuda(central)?|dnsbl|\brbl\b|\w+bl\b.*listed|block ?-?list|black ?-?list"
        r"|listed (at|in|by|on) |found in \S+\.\S+|real-?time block",
    ),
    ReplyRule(
        "rate",
        "throttle",
        "All: too much, too fast",
        text=r"rate.?limit|too many (messages|connections|emails|mails|sessions|requests)|too (fast|quickly|frequent)"
        r"|throttl|unusual(ly)? (rate|high)|receiving mail (at a rate|too)"
        r"|exceed\w* .*(rate|quota of messages|per hour)"
        r"|server (is )?busy|sending limit|concurrent connections",
    ),
    ReplyRule(
        "block",
        "hold_stream",
        "All: our address or reputation",
        text=r"reputation|client host rejected|client host .* blocked|banned send|bad ip|identified as spam"
        r"|(ip|host|network|server|sender)\b.{0,40}\b(is |was |has been )?(blocked|banned|denied)|blocked\b.{0,40}\bip"
        r"|^blocked|:blocked|\bpoor sender\b",
    ),
    ReplyRule(
        "content",
        "fail",
        "All: what the message says or carries",
        text=r"\bspam|virus|malware|phish|message content|content (rejected|denied|policy)|unsolicited|\bUCE\b"
        r"|suspicious|prohibited (content|attachment)|malicious",
    ),
    ReplyRule("mailbox_full", "fail", "RFC 3463 X.2.2", enhanced=r"[45]\.2\.2"),
    ReplyRule(
        "mailbox_full",
        "fail",
        "All: storage",
        text=r"mailbox (is |was )?(full|exceed)|over ?quota|quota (exceeded|is full)|(exceed\w*|over) .*(quota|storage)"
        r"|insufficient (system )?storage|out of storage",
    ),
    ReplyRule(
        "soft",
        "fail",
        "RFC 3463 X.2.3, X.3.4: this message is too big for them",
        enhanced=r"5\.(2\.3|3\.4)",
    ),
    ReplyRule("soft", "fail", "RFC 3463 X.4.x: a loop or a route", enhanced=r"5\.4\.\d+"),
    ReplyRule(
        "hard",
        "suppress",
        "RFC 3463 X.1.x: the address itself; 5.1.7 and 5.1.8 are about the sender",
        enhanced=r"5\.1\.(0|1|2|3|6|9|10)",
    ),
    ReplyRule(
        "hard",
        "suppress",
        "Gmail, Exchange, others: 5.2.1 is a dead mailbox only where the words say so",
        enhanced=r"5\.2\.1",
        text=r"inactive|disabled|does not exist|unknown|no longer|deactivated",
    ),
    ReplyRule("policy", "fail", "RFC 3463 X.7.x: a rule, never proof that nobody lives there", enhanced=r"5\.7\.\d+"),
    ReplyRule(
        "policy",
        "fail",
        "All: refused by a rule",
        text=r"polic(y|ies)|relay(ing)? (access )?(denied|not)|rcpthosts|not (allowed|permitted)"
        r"|too many invalid recipients|\[(CS|PH|HME)\d\d\]",
    ),
    ReplyRule(
        "hard",
        "suppress",
        "All: nobody of that name; Yahoo writes “dd … user”, Microsoft “mailbox unavailable”",
        code="5..",
        text=r"(user|account|recipient|mailbox|address|alias)\b.{0,60}\b(unknown|not (found|known|exist|here|valid)"
        r"|does ?n[o']t exist|unavailable|invalid|disabled|inactive|discontinued|no longer)"
        r"|(unknown|invalid|no such|not our) (local )?(user|recipient|mailbox|account|address|person)"
        r"|no mailbox here|doesn't have a .* account|\bdd .*user|host (unknown|does not accept mail)"
        r"|no longer (at|here|works)",
    ),
    ReplyRule("soft", "retry", "RFC 3463 X.2.1, X.2.0: full stop for now, and nothing known", code="4.."),
    ReplyRule("soft", "fail", "RFC 3463 X.2.x: the mailbox, for reasons of its own", enhanced=r"5\.2\.\d+"),
    ReplyRule("other", "fail", "RFC 5321 4.2.1: 5xx is final", code="5.."),
)

_NO_ANSWER = ReplyVerdict("soft", "retry")
_COMPILED = tuple(
    (rule, re.compile(rule.code or "..."), re.compile(rule.enhanced or ".*"), re.compile(rule.text, re.IGNORECASE))
    for rule in REPLY_RULES
)
_ENHANCED_IN_TEXT = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def classify_reply(code: int, enhanced: str, text: str) -> ReplyVerdict:
    """The verdict on a refusal. The basic code alone decides whether to retry: 421 5.7.32 is a 421.

    So a 4xx never suppresses and never fails, and a 5xx is never a plain retry, whatever their words. What speaks of us
    holds or slows the stream with either. `code` 0 (no answer) is a retry.
    """
    if code < 400:
        return _NO_ANSWER
    rule = matching_rule(code, enhanced, text)
    return ReplyVerdict(rule.kind, _action(rule, code))


def matching_rule(code: int, enhanced: str, text: str) -> ReplyRule:
    """The row that decides; the last one takes what no other knows."""
    # Older servers put the enhanced code in brackets at the end: "(#5.1.1)".
    found = enhanced or _first_enhanced(text)
    for rule, code_pattern, enhanced_pattern, text_pattern in _COMPILED:
        if code_pattern.fullmatch(str(code)) and enhanced_pattern.fullmatch(found) and text_pattern.search(text):
            return rule
    return REPLY_RULES[-1]


def _action(rule: ReplyRule, code: int) -> ReplyAction:
    if code < 500:
        return "retry" if rule.action in ("suppress", "fail") else rule.action
    return "fail" if rule.action == "retry" else rule.action


def _first_enhanced(text: str) -> str:
    match = _ENHANCED_IN_TEXT.search(text)
    return match[1] if match else ""
