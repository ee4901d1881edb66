"""What servers' replies mean, as data: a row has a name that never changes, patterns, a source and a sample reply.

Sources: Google's, Yahoo's, Microsoft's and Apple's published SMTP errors (November 2026), RFC 3463, RFC 5321 4.2,
RFC 7505, and the words that mail servers are known to use.
"""

from dataclasses import dataclass
from typing import Literal

from deliverability.rules.replies.words import (
    BLOCK_LIST,
    BLOCKED_SENDER,
    CLOSED_MAILBOX,
    CONTENT,
    FULL_MAILBOX,
    LATER,
    NO_HOST,
    NO_MAILBOX,
    OWN_FAULT,
    REFUSED_BY_RULE,
    TOO_BIG,
    TOO_FAST,
    UNAUTHENTICATED,
)

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


# The order matters: what speaks of us (authentication, reputation, rate) comes before what speaks of the recipient,
# because servers put "mailbox unavailable" in front of nearly anything.
REPLY_RULES: tuple[ReplyRule, ...] = (
    ReplyRule(
        "gmail-authentication",
        "authentication",
        "hold_stream",
        "Gmail: PTR, SPF, TLS, DKIM, DMARC; the same fault has two codes on two of its pages",
        "550 5.7.26 Your email has been blocked because the sender is unauthenticated",
        enhanced=r"[45]\.7\.(2[0-79]|3[0-2]|40)",
    ),
    ReplyRule(
        "microsoft-authentication",
        "authentication",
        "hold_stream",
        "Microsoft: DMARC and required level",
        "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
        enhanced=r"5\.7\.(509|515)",
    ),
    ReplyRule(
        "apple-authentication",
        "authentication",
        "hold_stream",
        "iCloud: [HME1], authentication failed",
        "554 5.7.1 [HME1] This message was blocked for failing email authentication",
        text=r"\[HME\d\]",
    ),
    ReplyRule(
        "comcast-rate",
        "rate",
        "throttle",
        "Comcast: RL codes, too many connections or messages from one address",
        "421 4.1.0 192.0.2.1 Throttled - try again later. RL000001",
        text=r"\bRL0000\d\d\b",
        provider="comcast",
    ),
    ReplyRule(
        "comcast-block",
        "block",
        "hold_stream",
        "Comcast: BL codes, our address is blocked there",
        "554 5.2.0 192.0.2.1 not accepted. BL000000",
        text=r"\bBL0000\d\d\b",
        provider="comcast",
    ),
    ReplyRule(
        "netease-content",
        "content",
        "fail",
        "NetEase (163.com, 126.com): DT codes speak of the message",
        "554 DT:SPM 163 smtp4,DtGowAC3",
        text=r"\bDT:S[A-Z]+",
        provider="netease",
    ),
    ReplyRule(
        "netease-rate",
        "rate",
        "throttle",
        "NetEase: RP codes, too many messages or connections",
        "450 RP:QRC 163 smtp10",
        text=r"\bRP:[A-Z]+",
        provider="netease",
    ),
    ReplyRule(
        "qq-unavailable",
        "policy",
        "fail",
        "QQ says this to senders whom it does not want as well, so it proves nothing about the mailbox",
        "550 Mailbox unavailable or access denied [MApv4gAmKvj9]",
        text=r"mailbox unavailable or access denied",
        provider="qq",
    ),
    ReplyRule(
        "sender-checks",
        "authentication",
        "hold_stream",
        "All: named checks of the sender's domain or host",
        "550 5.7.1 Recipient address rejected: SPF check failed",
        text=UNAUTHENTICATED,
    ),
    ReplyRule(
        "relay-login",
        "authentication",
        "hold_stream",
        "RFC 4954: our own log-in at the relay",
        "535 5.7.8 Error: the credentials are not good",
        code="530|534|535|538",
    ),
    ReplyRule(
        "greylisted",
        "greylist",
        "retry",
        "RFC 6647",
        "450 4.2.0 Greylisted, see http://postgrey.example/help",
        text=r"gr[ea]y-?list|\bpostgrey\b|first.?time sender.*try again",
    ),
    ReplyRule(
        "yahoo-final",
        "block",
        "hold_stream",
        "Yahoo: a retry will not succeed",
        "553 5.7.1 [TSS09] All messages will be permanently deferred; Retrying will NOT succeed",
        text=r"\[TSS(09|11)\]|\[BL\d\d\]",
    ),
    ReplyRule(
        "yahoo-volume",
        "rate",
        "throttle",
        "Yahoo: volume or complaints",
        "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume or user complaints",
        text=r"\[(TSS|TS|IPTS)\d\d\]",
    ),
    ReplyRule(
        "gmail-rate",
        "rate",
        "throttle",
        "Gmail: per IP, domain, URL or Message-ID",
        "421 4.7.28 There is an unusual rate of mail from your IP",
        enhanced=r"4\.7\.28",
    ),
    ReplyRule(
        "gmail-busy-person",
        "rate",
        "throttle",
        "Gmail: this one person gets too much too fast",
        "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
        text=r"receiving mail (at a rate|too quickly)",
    ),
    ReplyRule(
        "microsoft-rate",
        "rate",
        "throttle",
        "Microsoft: reputation or busy",
        "451 4.7.650 The mail server has been temporarily rate limited due to IP reputation (S775)",
        code="4..",
        enhanced=r"4\.7\.(5\d\d|6[45]\d|7\d\d)",
    ),
    ReplyRule(
        "microsoft-banned",
        "block",
        "hold_stream",
        "Microsoft: on its block lists",
        "550 5.7.606 Access denied, banned sending IP",
        enhanced=r"5\.7\.(511|60[6-9]|6[1-4]\d)",
    ),
    ReplyRule(
        "microsoft-network",
        "block",
        "hold_stream",
        "Microsoft: network blocked",
        "550 5.7.1 Unfortunately, messages weren't sent. Part of their network is on our list (S3140)",
        text=r"\bS31[45]0\b",
    ),
    ReplyRule(
        "microsoft-no-recipient",
        "hard",
        "suppress",
        "Exchange Online, directory-based edge blocking: the tenant has no such recipient",
        "550 5.4.1 <nobody@example.org>: Recipient address rejected: Access denied",
        enhanced=r"5\.4\.1",
        text=r"recipient address rejected: access denied",
    ),
    ReplyRule(
        "gmail-unsolicited",
        "block",
        "hold_stream",
        "Gmail: unsolicited mail from our address",
        "550 5.7.28 There is an unusual rate of unsolicited mail originating from your IP",
        code="5..",
        enhanced=r"5\.7\.28",
    ),
    ReplyRule(
        "block-list",
        "block",
        "hold_stream",
        "All: block lists by name and kind",
        "554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org",
        text=BLOCK_LIST,
    ),
    ReplyRule(
        "too-fast",
        "rate",
        "throttle",
        "All: too much, too fast",
        "421 4.7.1 Too many messages per connection",
        text=TOO_FAST,
    ),
    ReplyRule(
        "standing",
        "block",
        "hold_stream",
        "All: our address or reputation",
        "554 5.7.1 Client host rejected: poor reputation",
        text=BLOCKED_SENDER,
    ),
    ReplyRule(
        "content",
        "content",
        "fail",
        "All: what the message says or carries",
        "550 This message has been identified as spam",
        text=CONTENT,
    ),
    ReplyRule(
        "too-big",
        "soft",
        "fail",
        "RFC 3463 X.2.3, X.3.4: this message is too big for them",
        "552 5.3.4 Message too big",
        enhanced=r"[45]\.(2\.3|3\.4)",
    ),
    ReplyRule("too-big-words", "soft", "fail", "RFC 1870: SIZE", "552 message size exceeds fixed limit", text=TOO_BIG),
    ReplyRule(
        "full",
        "mailbox_full",
        "fail",
        "RFC 3463 X.2.2",
        "552 5.2.2 Try again when there is room",
        enhanced=r"[45]\.2\.2",
    ),
    ReplyRule("full-words", "mailbox_full", "fail", "All: storage", "452 The mailbox is over quota", text=FULL_MAILBOX),
    ReplyRule(
        "yahoo-nobody",
        "hard",
        "suppress",
        "Yahoo, AOL: “dd” marks a person who is not there or no longer",
        "554 delivery error: dd This user doesn't have a yahoo.com account",
        text=r"delivery error: dd|\bdd (requested mail action|this user)",
    ),
    ReplyRule(
        "gmail-inactive",
        "inactive",
        "suppress",
        "Gmail: closed for two years of silence, or by Google; 5.2.1 says so only with these words",
        "550 5.2.1 The email account that you tried to reach is inactive",
        enhanced=r"5\.2\.1",
        text=r"account that you tried to reach is (inactive|disabled)",
    ),
    ReplyRule(
        "mailbox-closed",
        "inactive",
        "fail",
        "All: the mailbox exists and is switched off; whoever pays the bill gets it back",
        "550 5.5.0 The recipient account is blocked",
        text=CLOSED_MAILBOX,
    ),
    ReplyRule(
        "no-host",
        "hard",
        "suppress",
        "RFC 3463 X.1.2, RFC 7505: nothing takes mail for this domain",
        "550 Host or domain name not found",
        text=NO_HOST,
    ),
    ReplyRule(
        "bad-address",
        "hard",
        "suppress",
        "RFC 3463 X.1.x: the address itself; 5.1.7 and 5.1.8 are about the sender",
        "550 5.1.1 The email account that you tried to reach does not exist",
        enhanced=r"5\.1\.(0|1|2|3|4|6|9|10)",
    ),
    ReplyRule(
        "no-route",
        "hard",
        "suppress",
        "RFC 3463 X.4.4: no server was found for the domain",
        "550 5.4.4 Unable to route",
        enhanced=r"5\.4\.4",
    ),
    ReplyRule(
        "mailbox-off",
        "inactive",
        "fail",
        "RFC 3463 X.2.1: disabled, not accepting messages",
        "550 5.2.1 Not taking mail",
        enhanced=r"5\.2\.1",
    ),
    ReplyRule(
        "own-fault",
        "soft",
        "fail",
        "All: something broke over there, or the time in the queue was over",
        "554 5.4.6 Too many hops",
        text=OWN_FAULT,
    ),
    ReplyRule(
        "route", "soft", "fail", "RFC 3463 X.4.x: a loop or a route", "550 5.4.0 No answer", enhanced=r"5\.4\.\d+"
    ),
    ReplyRule(
        "policy",
        "policy",
        "fail",
        "RFC 3463 X.7.x: a rule, never proof that nobody lives there",
        "550 5.7.6 Failed to deliver",
        enhanced=r"5\.7\.\d+",
    ),
    ReplyRule(
        "sender-address",
        "policy",
        "fail",
        "RFC 3463 X.1.7, X.1.8: our own address is what they do not like",
        "553 5.1.8 That is not a sender whom we know",
        enhanced=r"5\.1\.[78]",
    ),
    ReplyRule(
        "policy-words",
        "policy",
        "fail",
        "All: refused by a rule",
        "550 Administrative policy prohibits this",
        text=REFUSED_BY_RULE,
    ),
    ReplyRule(
        "no-mailbox",
        "hard",
        "suppress",
        "All: nobody of that name; Microsoft writes “mailbox unavailable”",
        "550 No such user here",
        text=NO_MAILBOX,
    ),
    ReplyRule(
        "later-words",
        "soft",
        "retry",
        "All: some other time",
        "451 4.3.0 Temporary lookup failure",
        text=LATER,
    ),
    ReplyRule(
        "media",
        "content",
        "fail",
        "RFC 3463 X.6.x: how the message is written",
        "550 5.6.9 improper use of 8-bit data in message header",
        enhanced=r"5\.6\.\d+",
    ),
    ReplyRule(
        "system",
        "soft",
        "fail",
        "RFC 3463 X.3.x: the mail system over there",
        "554 5.3.5 It is not set up for that",
        enhanced=r"5\.3\.\d+",
    ),
    ReplyRule(
        "mailbox",
        "soft",
        "fail",
        "RFC 3463 X.2.x: the mailbox, for reasons of its own",
        "550 5.2.0 Message filtered",
        enhanced=r"5\.2\.\d+",
    ),
    # The last two take what no other row knows; the reply is kept for somebody to look at.
    ReplyRule("unknown-later", "soft", "retry", "RFC 5321 4.2.1: 4xx is for now", "450 Not now", code="4.."),
    ReplyRule("unknown-final", "other", "fail", "RFC 5321 4.2.1: 5xx is final", "554 Transaction failed", code="5.."),
)
CATCH_ALL = frozenset({"unknown-later", "unknown-final"})
