"""Shows people of a segment, and which of its conditions each of them meets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from subscribers.queries.segments.asking import room, segment_sql, statement
from subscribers.queries.segments.conditions import Piece
from subscribers.queries.segments.library import known
from subscribers.queries.segments.showing import shown
from subscribers.rules.segments.sentences import phrase
from subscribers.rules.segments.tree import Rule, leaves


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition in words, whether it holds, and what was found of this person, empty where that says nothing."""

    words: str
    holds: bool
    value: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    email: str
    name: str
    is_in: bool
    reasons: tuple[Reason, ...]


def sample(rule: Rule, *, most: int = 5, now: datetime | None = None) -> list[Member]:
    """Some who are in, the newest first, each with why. Raises RulesRefused."""
    now = now or timezone.now()
    sql, params = segment_sql(rule, now)
    with room() as cursor:
        # OFFSET 0: the planner must not walk through everybody from the newest on in the hope of meeting members soon.
        cursor.execute(
            f"SELECT contact_id FROM ({sql} OFFSET 0) segment ORDER BY contact_id DESC LIMIT %s",  # noqa: S608
            [*params, most],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return explain_members(rule, ids, now=now)


def explain_members(rule: Rule, contact_ids: Sequence[int], *, now: datetime | None = None) -> list[Member]:
    """Why these people are in, or not; the newest first, and without those who have gone. Raises RulesRefused."""
    if not contact_ids:
        return []
    made = statement(rule, now or timezone.now(), only=list(contact_ids))
    asked = list(leaves(rule))
    answers = [_answered(made.condition(each)) for each in (rule, *asked)] + [shown(each, made) for each in asked]
    source = made.source()
    params = [value for each in answers for value in each.params] + [*source.params, list(contact_ids)]
    with room() as cursor:
        cursor.execute(
            f"SELECT contact.id, contact.email, contact.first_name, contact.last_name, "  # noqa: S608
            f"{', '.join(each.sql for each in answers)} FROM {source.sql} "
            "WHERE contact.id = ANY (%s) ORDER BY contact.id DESC",
            params,
        )
        rows = cursor.fetchall()
    names = known()
    words = [phrase(leaf, names) for leaf in asked]
    return [
        Member(
            key, email, f"{first} {last}".strip(), is_in, tuple(map(Reason, words, rest, _texts(rest[len(asked) :])))
        )
        for key, email, first, last, is_in, *rest in rows
    ]


def _answered(condition: Piece) -> Piece:
    return condition._replace(sql=f"({condition.sql}) IS TRUE")


def _texts(values: Sequence[str | None]) -> list[str]:
    return [value or "" for value in values]
