"""Which replies make us go slower than the adaptive pace would: one table, the first row that matches decides.

What only says "too fast" is left to the adaptive pace; a row of kind `rate` fires once that was cut again and again and
it did not help. Every row has a sample, and a test that it matches.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from deliverability.rules.mailbox_providers import EVERYBODY

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LaneRule:
    """`hits` replies within `window` fire it; with `per` "cut" only such after which the adaptive pace was cut count.

    It then holds for `lasting`: nothing leaves where neither rate nor connections is given. `kind` is the verdict's,
    empty for any; `text` matches anywhere in code, enhanced code and words, whatever the case.
    """

    name: str
    mailbox_provider: str
    text: str
    hits: int
    window: timedelta
    lasting: timedelta
    sample: str
    source: str
    kind: str = ""
    per: Literal["reply", "cut"] = "reply"
    messages_per_second: float | None = None
    connections: int | None = None

    @property
    def suspends(self) -> bool:
        return self.messages_per_second is None and self.connections is None


_KUMO = "KumoMTA's traffic shaping automation, thresholds ours"
_PER_MINUTE = 1 / 60

LANE_RULES: tuple[LaneRule, ...] = (
    LaneRule(
        "gmail-rate",
        "google",
        r"4\.7\.28|unusual rate",
        hits=10,
        per="cut",
        window=10 * _MINUTE,
        lasting=30 * _MINUTE,
        messages_per_second=10 * _PER_MINUTE,
        sample="421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address.",
        source=f"Gmail SMTP errors; {_KUMO}",
    ),
    LaneRule(
        "gmail-reputation",
        "google",
        r"(very )?low reputation|likely (unsolicited|suspicious)|this message (has been blocked|is likely)",
        hits=5,
        window=10 * _MINUTE,
        lasting=_HOUR,
        sample="550 5.7.1 Our system has detected that this message is likely suspicious due to the very low "
        "reputation of the sending IP address.",
        source=f"Gmail SMTP errors; {_KUMO}",
    ),
    LaneRule(
        "yahoo-final",
        "yahoo",
        r"\[TSS(09|11)\]",
        hits=1,
        window=_MINUTE,
        lasting=24 * _HOUR,
        sample="553 5.7.1 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.",
        source="Yahoo Sender Hub: SMTP error codes",
    ),
    LaneRule(
        "yahoo-listed",
        "yahoo",
        r"\[BL\d\d\]",
        hits=5,
        window=10 * _MINUTE,
        lasting=2 * _HOUR,
        sample="553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
        source=f"Yahoo Sender Hub; {_KUMO}",
    ),
    LaneRule(
        "yahoo-volume",
        "yahoo",
        r"\[TSS?04\]",
        hits=2,
        window=10 * _MINUTE,
        lasting=2 * _HOUR,
        sample="421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user "
        "complaints",
        source=f"Yahoo Sender Hub; {_KUMO}",
    ),
    LaneRule(
        "yahoo-address",
        "yahoo",
        r"\[(TSS|IPTS)05\]",
        hits=2,
        window=10 * _MINUTE,
        lasting=4 * _HOUR,
        sample="421 4.7.0 [TSS05] Messages from 192.0.2.1 temporarily deferred",
        source=_KUMO,
    ),
    LaneRule(
        "yahoo-slow",
        "yahoo",
        r"\[TS0[12]\]",
        hits=3,
        window=10 * _MINUTE,
        lasting=30 * _MINUTE,
        messages_per_second=_PER_MINUTE,
        sample="421 4.7.1 [TS02] All messages from 192.0.2.1 will be temporarily deferred",
        source=_KUMO,
    ),
    LaneRule(
        "yahoo-slower",
        "yahoo",
        r"\[TS03\]",
        hits=3,
        window=10 * _MINUTE,
        lasting=30 * _MINUTE,
        messages_per_second=10 * _PER_MINUTE,
        sample="421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred",
        source=_KUMO,
    ),
    LaneRule(
        "outlook-blocked",
        "microsoft",
        r"\bS31[45]0\b|5\.7\.(511|60[6-9]|6[1-4]\d)",
        hits=5,
        window=10 * _MINUTE,
        lasting=2 * _HOUR,
        sample="550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service "
        "provider since part of their network is on our block list (S3150).",
        source=f"Microsoft: SNDS and 5.7.6xx; {_KUMO}",
    ),
    LaneRule(
        "outlook-limited",
        "microsoft",
        r"4\.7\.6[45]\d|\bS775\b",
        hits=3,
        window=10 * _MINUTE,
        lasting=30 * _MINUTE,
        messages_per_second=10 * _PER_MINUTE,
        connections=1,
        sample="451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation. (S775)",
        source=f"Microsoft: SNDS; {_KUMO}",
    ),
    LaneRule(
        "microsoft-365-blocked",
        "microsoft-business",
        r"5\.7\.(511|60[6-9]|6[1-4]\d)",
        hits=5,
        window=10 * _MINUTE,
        lasting=2 * _HOUR,
        sample="550 5.7.606 Access denied, banned sending IP [192.0.2.1]",
        source="Microsoft Learn: NDR 5.7.606 to 5.7.649, 5.7.511",
    ),
    LaneRule(
        "busy",
        EVERYBODY,
        r"server (is )?(too )?busy|4\.7\.500",
        hits=6,
        per="cut",
        window=10 * _MINUTE,
        lasting=90 * _MINUTE,
        connections=1,
        sample="451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)",
        source=f"Microsoft Learn; {_KUMO}",
    ),
    LaneRule(
        "apple-blocked",
        "apple",
        r"\[BS02\]|\bBS02\b",
        hits=5,
        window=10 * _MINUTE,
        lasting=15 * _MINUTE,
        sample="421 4.7.1 Messages to you@icloud.com deferred due to excessive volume [BS02]",
        source=_KUMO,
    ),
    LaneRule(
        "apple-content",
        "apple",
        r"\[HCM1\]|\bHCM1\b",
        hits=3,
        window=10 * _MINUTE,
        lasting=15 * _MINUTE,
        sample="450 4.7.1 Message temporarily rejected [HCM1]",
        source=f"{_KUMO}; its own pattern for this one cannot match",
    ),
    LaneRule(
        "comcast-sender",
        "comcast",
        r"\bRL000010\b",
        hits=1,
        window=_MINUTE,
        lasting=5 * _MINUTE,
        sample="421 4.2.0 Throttled - try again later. Please see http://postmaster.comcast.net/smtp-error-codes.php#RL000010",
        source=f"Comcast: error codes; {_KUMO}",
    ),
    LaneRule(
        "comcast-rate",
        "comcast",
        r"\bRL0000\d\d\b",
        hits=2,
        window=10 * _MINUTE,
        lasting=2 * _HOUR,
        messages_per_second=2.5,
        connections=5,
        sample="421 4.1.0 192.0.2.1 Throttled - try again later. Please see "
        "http://postmaster.comcast.net/smtp-error-codes.php#RL000001",
        source=f"Comcast: error codes; {_KUMO} (10,000 connections an hour)",
    ),
    LaneRule(
        "reputation",
        EVERYBODY,
        r"rate limited due to (ip|sender) reputation|temporarily deferred due to .{0,30}(reputation|complaints)",
        hits=2,
        window=10 * _MINUTE,
        lasting=90 * _MINUTE,
        messages_per_second=_PER_MINUTE,
        connections=1,
        sample="451 4.7.1 Your server has been rate limited due to IP reputation",
        source=_KUMO,
    ),
    LaneRule(
        "listed",
        EVERYBODY,
        "",
        kind="block",
        hits=5,
        window=10 * _MINUTE,
        lasting=_HOUR,
        sample="554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        source="Ours: whoever blocks us learns that we heard; asking on makes it last longer",
    ),
)
_PATTERNS = {rule.name: re.compile(rule.text, re.IGNORECASE) for rule in LANE_RULES}
_CROWDED = re.compile(
    r"too many (concurrent |simultaneous |open )*(smtp )?(connections|sessions)|(connection|session) (limit|count|rate)"
    r"|(concurrent|simultaneous) (\w+ )?(connections|sessions)|exceeded the (maximum )?(number of )?connections"
    r"|no more (concurrent )?(connections|sessions)",
    re.IGNORECASE,
)


def rule_for(mailbox_provider: str, *, kind: str, words: str) -> LaneRule | None:
    """The rule that a reply counts for; `words` is the whole reply with its codes."""
    return next(_matching(mailbox_provider, kind, words), None)


def speaks_of_connections(words: str) -> bool:
    """The reply minds how many connections we use, not how many messages we send."""
    return bool(_CROWDED.search(words))


def _matching(mailbox_provider: str, kind: str, words: str) -> Iterator[LaneRule]:
    for rule in LANE_RULES:
        if rule.mailbox_provider not in (EVERYBODY, mailbox_provider) or (rule.kind and rule.kind != kind):
            continue
        if _PATTERNS[rule.name].search(words):
            yield rule
