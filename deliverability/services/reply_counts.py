"""Counts which row of the reply table decided each refusal, and keeps the replies that no row knew."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from deliverability.rules.replies import CATCH_ALL, matching_rule, normalise_reply
from deliverability.types import Reply

# Sorted by key, so that two workers wait for each other in one order only.
_COUNT = """
INSERT INTO deliverability_replyhit (rule, mailbox_provider, day, total)
SELECT rule, provider, %s, total FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS counted (rule, provider, total)
ON CONFLICT (day, rule, mailbox_provider)
DO UPDATE SET total = deliverability_replyhit.total + EXCLUDED.total
"""
_KEEP = """
INSERT INTO deliverability_unmatchedreply AS kept
    (key, mailbox_provider, code, words, sample, total, first_seen_at, last_seen_at)
SELECT key, provider, code, words, sample, total, %s, %s
FROM unnest(%s::bytea[], %s::text[], %s::smallint[], %s::text[], %s::text[], %s::bigint[])
    AS seen (key, provider, code, words, sample, total)
ON CONFLICT (key) DO UPDATE SET total = kept.total + EXCLUDED.total, sample = EXCLUDED.sample,
    last_seen_at = EXCLUDED.last_seen_at
"""
_LONGEST_SAMPLE = 1000


class _Unmatched(NamedTuple):
    key: bytes
    provider: str
    code: int
    words: str
    sample: str


def count_replies(*, replies: Iterable[tuple[Reply, str]]) -> None:
    """Add refusals, each with its mailbox provider, to the day's counts; joins the open transaction.

    Accepted mail and silence (code 0) count nothing, so a healthy batch writes nothing here.
    """
    hits: Counter[tuple[str, str]] = Counter()
    unmatched: Counter[bytes] = Counter()
    samples: dict[bytes, _Unmatched] = {}
    for reply, provider in replies:
        if reply.code < 400:
            continue
        rule = matching_rule(reply.code, reply.enhanced, reply.text, provider)
        hits[rule.id, provider] += 1
        if rule.id in CATCH_ALL:
            found = _unmatched(reply, provider)
            unmatched[found.key] += 1
            samples[found.key] = found
    if hits:
        _count(hits)
    if unmatched:
        _keep([(samples[key], total) for key, total in sorted(unmatched.items())])


def _count(hits: Counter[tuple[str, str]]) -> None:
    keys = sorted(hits)
    rules, providers, totals = [key[0] for key in keys], [key[1] for key in keys], [hits[key] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [timezone.now().date(), rules, providers, totals])


def _keep(seen: Sequence[tuple[_Unmatched, int]]) -> None:
    now = timezone.now()
    columns = [list(column) for column in zip(*(one for one, _ in seen), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [now, now, *columns, [total for _, total in seen]])


def _unmatched(reply: Reply, provider: str) -> _Unmatched:
    # PostgreSQL's text holds no NUL.
    text = f"{reply.enhanced} {reply.text}".strip().replace("\0", "")
    words = normalise_reply(text)
    key = blake2b(f"{provider}\n{reply.code}\n{words}".encode("utf-8", "replace"), digest_size=16).digest()
    return _Unmatched(key, provider, reply.code, words, f"{reply.code} {text}"[:_LONGEST_SAMPLE])
