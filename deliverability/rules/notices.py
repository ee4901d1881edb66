"""Decides what an ESP's notice means for a recipient and for our list; one rule for all ESPs."""

import re
from dataclasses import dataclass

from deliverability.rules.complaints import scope_of_complaint
from deliverability.rules.replies import classify_reply, split_reply
from deliverability.types import EventKind, Scope, StreamKind, SuppressionReason

# What the ESP does itself (sent, queued) or measures beside us (opened, clicked) is no event of ours: its tracking is
# off, and where somebody left it on, it must not count twice.
_KINDS = {
    "bounced": EventKind.BOUNCED,
    "complained": EventKind.COMPLAINED,
    "deferred": EventKind.DEFERRED,
    "rejected": EventKind.FAILED,
    "failed": EventKind.FAILED,
    "unsubscribed": EventKind.UNSUBSCRIBED,
}
_IN_FRONT = re.compile(r"^.*?\b(?=[245]\d\d[ -])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`kind` None: nothing to record. `reason` None: nobody to suppress. `is_soft`: it came back, but for now."""

    kind: EventKind | None
    code: int | None = None
    detail: str = ""
    reason: SuppressionReason | None = None
    scope: Scope = Scope.EVERYTHING
    is_soft: bool = False


def judge_notice(*, what: str, is_lasting: bool, reply: str, words: str, stream: StreamKind | None) -> Judgement:
    """`what` is anymail's name of the event, `reply` the mailbox provider's words, `words` the ESP's own.

    The ESP's verdict that a mailbox is dead suppresses only if the reply behind it does not speak of us instead.
    """
    kind = _KINDS.get(what)
    if kind is None:
        return Judgement(None)
    # Some ESPs pass a mail server's broken bytes on, and no database takes a NUL.
    reply, words = reply.replace("\0", " "), words.replace("\0", " ")
    code, enhanced, text = split_reply(_IN_FRONT.sub("", reply, count=1)) if _IN_FRONT.match(reply) else (0, "", reply)
    detail = " ".join(filter(None, [f"{enhanced} {text}".strip() or reply, words if words not in reply else ""]))[:1000]
    reason, scope = _hold(kind, is_lasting and _speaks_of_mailbox(code, enhanced, text), stream)
    is_soft = kind == EventKind.BOUNCED and not is_lasting
    return Judgement(kind, code or None, detail, reason, scope, is_soft)


def _hold(kind: EventKind, is_dead: bool, stream: StreamKind | None) -> tuple[SuppressionReason | None, Scope]:
    if is_dead and kind in (EventKind.BOUNCED, EventKind.FAILED):
        return SuppressionReason.HARD_BOUNCE, Scope.EVERYTHING
    if kind == EventKind.COMPLAINED:
        return SuppressionReason.COMPLAINT, scope_of_complaint(stream)
    if kind == EventKind.UNSUBSCRIBED:
        return SuppressionReason.UNSUBSCRIBE, Scope.MARKETING
    return None, Scope.EVERYTHING


def _speaks_of_mailbox(code: int, enhanced: str, text: str) -> bool:
    if not code:
        return True
    verdict = classify_reply(code, enhanced, text)
    return verdict.action == "suppress" or (verdict.kind == "other" and code >= 500)
