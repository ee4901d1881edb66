"""The reply table with what it decided lately, and the replies that it does not know yet."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from deliverability.models import ReplyHit, UnmatchedReply
from deliverability.rules.replies import REPLY_RULES, ReplyKind, ReplyRule, classify_reply, split_reply

DAYS = 30


@dataclass(frozen=True, slots=True)
class RuleInUse:
    """A row of the table and how many replies it decided since `since`, in all and by mailbox provider."""

    rule: ReplyRule
    total: int
    since: date
    by_mailbox_provider: dict[str, int] = field(default_factory=dict)


def rules_in_use(*, days: int = DAYS, mailbox_provider: str = "") -> list[RuleInUse]:
    """Every row in the table's own order, which is that of precedence."""
    since = timezone.now().date() - timedelta(days=days - 1)
    hits = ReplyHit.objects.filter(day__gte=since)
    if mailbox_provider:
        hits = hits.filter(mailbox_provider=mailbox_provider)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for rule, provider, total in hits.values_list("rule", "mailbox_provider").annotate(total=Sum("total")):
        counts[rule][provider] = total
    return [
        RuleInUse(rule, counts[rule.id].total(), since, dict(counts[rule.id].most_common())) for rule in REPLY_RULES
    ]


def unmatched_replies(*, mailbox_provider: str = "") -> QuerySet[UnmatchedReply]:
    """Those that nobody has looked at, the most frequent first."""
    waiting = UnmatchedReply.objects.filter(settled_at=None).order_by("-total", "pk")
    return waiting.filter(mailbox_provider=mailbox_provider) if mailbox_provider else waiting


def kind_of_reply(code: int, reply: str, mailbox_provider: str = "") -> ReplyKind:
    """What the table takes a refusal to mean; `reply` begins with the enhanced code, where the server gave one."""
    _, enhanced, text = split_reply(reply)
    return classify_reply(code, enhanced, text, mailbox_provider).kind
