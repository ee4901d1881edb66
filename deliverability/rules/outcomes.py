"""Decides what a provider's reply means for one recipient: done, again later, or over."""

from dataclasses import dataclass
from datetime import timedelta

from deliverability.rules.backoff import retry_delay
from deliverability.rules.health import is_unknown_fate
from deliverability.rules.replies import classify_reply
from deliverability.types import EventKind, Reply

# The server took the final dot and fell silent (RFC 1047): the mail may have arrived. It is sent again with the same
# Message-ID, but not without end, since each try may be one more copy.
UNKNOWN_FATE_ATTEMPTS = 2
UNKNOWN_FATE_KIND = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`retry_in` goes with DEFERRED. The flags ask for more than this recipient's own retry."""

    kind: EventKind
    detail: str
    retry_in: timedelta | None = None
    suppresses: bool = False
    bounces_for_now: bool = False
    asks_for_hold: bool = False
    is_unknown: bool = False


def judge(
    reply: Reply,
    *,
    attempt: int,
    age: timedelta,
    give_up: timedelta,
    scale: float,
    jitter: float,
    mailbox_provider: str = "",
) -> Outcome:
    """`age` counts from the first attempt; from `give_up` on nothing is tried again.

    The reply's basic code and the verdict's action decide, never the enhanced code alone. A reply about our
    reputation or authentication holds the stream and defers the person; it never fails or suppresses one.
    """
    detail = f"{reply.enhanced} {reply.text}" if reply.enhanced else reply.text
    if 200 <= reply.code < 300:
        return Outcome(EventKind.ACCEPTED, detail)
    verdict = classify_reply(reply.code, reply.enhanced, reply.text, mailbox_provider)
    if verdict.action in ("suppress", "fail") and reply.code:
        is_suppressed = verdict.action == "suppress"
        is_for_now = not is_suppressed and verdict.kind in ("mailbox_full", "soft", "inactive")
        return Outcome(EventKind.FAILED, detail, suppresses=is_suppressed, bounces_for_now=is_for_now)
    is_unknown = is_unknown_fate(reply)
    if age >= give_up or (is_unknown and attempt > UNKNOWN_FATE_ATTEMPTS):
        return Outcome(EventKind.FAILED, detail)
    kind = UNKNOWN_FATE_KIND if is_unknown else verdict.kind
    return Outcome(
        EventKind.DEFERRED,
        detail,
        retry_delay(attempt, kind=kind, scale=scale, jitter=jitter),
        asks_for_hold=verdict.action == "hold_stream",
        is_unknown=is_unknown,
    )
